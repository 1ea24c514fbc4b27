/** One of every kind of action, and the configuration they are carried out on. */
import type { ActionType } from "../../agent/src/store/schema.ts";
import type { AdminServer } from "./admin-server.ts";

export interface ActionCase {
  type: ActionType;
  target: Record<string, string>;
  params: Record<string, unknown>;
}

const ROUTE = { route_id: "r-1" };
const SERVICE = { service_id: "s-1" };
const CONSUMER = { consumer_id: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a04" };
const ADDRESS = { kind: "ip", value: "203.0.113.7" };
const when = { field: "path", prefix: "/x" };

/** Typed so that a new kind of action cannot be forgotten. */
const BY_TYPE: Record<ActionType, Omit<ActionCase, "type">[]> = {
  block_source: [{ target: ADDRESS, params: { action: "block" } }],
  block_identity: [{ target: CONSUMER, params: {} }],
  allow_source: [{ target: ADDRESS, params: {} }],
  throttle_clients: [{ target: ROUTE, params: { rps: 5 } }],
  throttle_route: [
    { target: ROUTE, params: { minute: 5 } },
    { target: { route_id: "r-2" }, params: { minute: 5 } },
  ],
  throttle_service: [{ target: SERVICE, params: { minute: 5 } }],
  throttle_consumer: [{ target: CONSUMER, params: { minute: 5 } }],
  throttle_gateway: [{ target: {}, params: { minute: 5 } }],
  hot_patch: [
    { target: ROUTE, params: { when } },
    { target: { route_id: "r-2" }, params: { when } },
  ],
  hot_patch_gateway: [{ target: {}, params: { when } }],
  restrict_route: [{ target: { route_id: "r-2" }, params: { methods: ["GET"] } }],
  limit_body: [{ target: ROUTE, params: { kilobytes: 1 } }],
  terminate_route: [{ target: ROUTE, params: { status: 503 } }],
  block_consumer: [{ target: CONSUMER, params: {} }],
  require_key: [{ target: ROUTE, params: {} }],
  reroute_service: [{ target: SERVICE, params: { host: "fallback.internal", port: 8_080 } }],
  drain_target: [{ target: { target_id: "t-1" }, params: {} }],
  disable_service: [{ target: SERVICE, params: {} }],
  overlay_route: [{ target: { ...ADDRESS, route_id: "r-2" }, params: { minute: 5 } }],
  tighten_plugin: [{ target: {}, params: { block: 60 } }],
  loosen_plugin: [{ target: {}, params: { block: 90 } }],
};

export const ACTION_CASES: ActionCase[] = Object.entries(BY_TYPE).flatMap(([type, cases]) =>
  cases.map((one) => ({ type: type as ActionType, ...one })),
);

/** On `r-2` stand plugins that actions have to go along with. */
export function seedForActions({ entities, settings }: AdminServer): void {
  for (const collection of entities.collections.values()) collection.clear();
  const put = (name: string, id: string, fields: object) => entities.put(name, id, { ...fields });
  put("services", "s-1", { name: "shop", host: "shop.internal", protocol: "http" });
  put("routes", "r-1", { name: "orders", paths: ["/orders"], service: { id: "s-1" } });
  put("routes", "r-2", { name: "search", paths: ["/search"], methods: ["GET", "POST"], service: { id: "s-1" } });
  put("consumers", CONSUMER.consumer_id, { username: "ines" });
  put("upstreams", "u-1", { name: "pool" });
  put("targets", "t-1", { target: "10.0.0.1:80", upstream: { id: "u-1" } });
  put("targets", "t-2", { target: "10.0.0.2:80", upstream: { id: "u-1" } });
  const onRoute = { route: { id: "r-2" } };
  put("plugins", "p-1", {
    name: "rate-limiting",
    ...onRoute,
    config: { minute: 100, limit_by: "ip", policy: "local" },
  });
  put("plugins", "p-2", { name: "pre-function", ...onRoute, config: { access: ["return 1"] } });
  put("plugins", "p-3", {
    name: "threat-response",
    config: {
      mode: "enforce",
      thresholds: { block: 70, flag: 40 },
      agent: { url: "http://agent.internal", poll_interval_s: 0.001 },
    },
  });
  settings.available = [
    "rate-limiting",
    "request-size-limiting",
    "request-termination",
    "key-auth",
    "pre-function",
    "threat-response",
  ];
}
