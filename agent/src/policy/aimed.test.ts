import { describe, expect, it } from "vitest";
import { decideContext } from "../../../test/support/decide-context.ts";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { classifyByRules } from "../classification/rules.ts";
import type { Incident } from "../store/incidents.ts";
import { ACTION_TYPES, type ActionType } from "../store/schema.ts";
import { decide } from "./decide.ts";
import { parsePolicy } from "./load.ts";

const scope = { route_id: "r-search", route_name: "search", service_id: "s-shop", service_name: "shop" };
const onRoute = someFlood({ scope });
const onAddress = someIncident({ scope });
const onCredential = someIncident({ scope, subject_kind: "credential", subject_value: "0123456789abcdef" });
const flat = { second: 5 };

/** For each action: what it may be given, an incident it fits, and the target that is taken from it. */
const EXAMPLES: Record<
  Exclude<ActionType, "block_source">,
  { params: object; incident: Incident; given?: object; target: object }
> = {
  block_identity: {
    params: { action: "block" },
    incident: onCredential,
    target: { kind: "credential", value: "0123456789abcdef" },
  },
  allow_source: { params: {}, incident: onAddress, target: { kind: "ip", value: "203.0.113.7" } },
  throttle_clients: { params: { rps: 5 }, incident: onRoute, target: { route_id: "r-search" } },
  throttle_route: { params: flat, incident: onRoute, target: { route_id: "r-search" } },
  throttle_service: { params: flat, incident: onRoute, target: { service_id: "s-shop" } },
  throttle_consumer: { params: flat, incident: onRoute, given: { consumer_id: "c" }, target: { consumer_id: "c" } },
  throttle_gateway: { params: flat, incident: onRoute, target: {} },
  hot_patch: { params: { when: { field: "path", prefix: "/x" } }, incident: onRoute, target: { route_id: "r-search" } },
  hot_patch_gateway: { params: { when: { field: "path", prefix: "/x" } }, incident: onRoute, target: {} },
  restrict_route: { params: { methods: ["GET"] }, incident: onRoute, target: { route_id: "r-search" } },
  limit_body: { params: { kilobytes: 64 }, incident: onRoute, target: { route_id: "r-search" } },
  terminate_route: { params: {}, incident: onRoute, target: { route_id: "r-search" } },
  block_consumer: { params: {}, incident: onRoute, given: { consumer_id: "c" }, target: { consumer_id: "c" } },
  require_key: { params: {}, incident: onRoute, target: { route_id: "r-search" } },
  reroute_service: {
    params: { host: "fallback.internal", port: 80 },
    incident: onRoute,
    target: { service_id: "s-shop" },
  },
  drain_target: { params: {}, incident: onRoute, given: { target_id: "t" }, target: { target_id: "t" } },
  disable_service: { params: {}, incident: onRoute, target: { service_id: "s-shop" } },
  overlay_route: {
    params: { minute: 5 },
    incident: onAddress,
    target: { kind: "ip", value: "203.0.113.7", route_id: "r-search" },
  },
  tighten_plugin: { params: { block: 60 }, incident: onRoute, target: {} },
  loosen_plugin: { params: { block: 90 }, incident: onRoute, target: {} },
};

function decided(action: string, params: object, incident: Incident, given: object = {}, rails = "{}") {
  const template = { id: "it", action, ttl_s: 60, params, target: given };
  const policy = parsePolicy(
    `version: 1\nrails: ${rails}\nrules:\n  - name: r\n    when: { category: ${incident.category} }\n    plans: [${JSON.stringify(template)}]\n`,
  );
  return decide(incident, classifyByRules(incident), policy, decideContext());
}

describe("an action that a policy names", () => {
  it.each(Object.entries(EXAMPLES))(
    "%s takes its target from the incident",
    (action, { params, incident, given, target }) => {
      const { plans, refusals } = decided(action, params, incident, given);
      expect(refusals).toEqual([]);
      const { needs } = ACTION_KINDS[action as ActionType];
      expect(plans[0]?.actions).toMatchObject([
        { type: action, target, vehicle: needs === "feed" ? "decision" : "admin-api" },
      ]);
      expect(plans[0]?.actions[0]?.params).toMatchObject(params);
    },
  );

  it("is every one there is", () => {
    expect([...Object.keys(EXAMPLES), "block_source"].sort()).toEqual([...ACTION_TYPES].sort());
  });

  it.each(Object.keys(EXAMPLES))("%s refuses parameters it does not know", (action) => {
    expect(() => decided(action, { nonsense: 1 }, onRoute)).toThrow(/line 6, rules\.0\.plans\.0\.params/);
  });

  it("needs two persons when it removes security or is of the whole gateway, and one for a service", () => {
    const persons = (action: keyof typeof EXAMPLES) => {
      const { params, incident, given } = EXAMPLES[action];
      return decided(action, params, incident, given).plans[0]?.approval?.persons ?? 0;
    };
    expect(persons("loosen_plugin")).toBe(2);
    expect(persons("throttle_gateway")).toBe(2);
    expect(persons("disable_service")).toBe(1);
    expect(persons("limit_body")).toBe(0);
  });

  it.each([
    ["throttle_consumer", onRoute, "no consumer is known"],
    ["block_identity", onAddress, "no consumer is known"],
    ["allow_source", onRoute, "not about one address"],
    ["throttle_service", someFlood(), "the service is not known"],
    ["limit_body", someFlood({ scope: {}, subject_value: "" }), "no route matched"],
  ] as const)("%s says when the incident names no target", (action, incident, reason) => {
    const { plans, refusals } = decided(action, EXAMPLES[action].params, incident);
    expect(plans[0]?.actions).toEqual([]);
    expect(refusals.map((refusal) => refusal.reason).join()).toContain(reason);
  });

  it.each([
    [
      "consumer",
      "block_consumer",
      { consumer_id: "c-partner" },
      '{ never_touch: { consumers: ["c-p*"] } }',
      "consumer c-partner",
    ],
    [
      "service named by the policy",
      "disable_service",
      { service_id: "s-pay" },
      "{ never_touch: { services: [s-pay] } }",
      "service s-pay",
    ],
    [
      "route the whole gateway has, too",
      "throttle_gateway",
      {},
      "{ never_touch: { routes: [payments] } }",
      "it would hit payments, too",
    ],
  ] as const)("never touches a %s", (_name, action, given, rails, reason) => {
    const { refusals } = decided(action, EXAMPLES[action].params, onRoute, given, rails);
    expect(refusals.map((refusal) => refusal.reason).join()).toContain(reason);
    expect(
      decided(action, EXAMPLES[action].params, onRoute, { ...EXAMPLES[action].given }).plans[0]?.actions,
    ).toHaveLength(1);
  });

  it("counts requests without a route as one place, where the decision feed does", () => {
    const { plans } = decided("throttle_clients", { rps: 5 }, someFlood({ scope: {}, subject_value: "" }));
    expect(plans[0]?.actions).toMatchObject([{ target: { route_id: "" } }]);
  });
});
