import { describe, expect, it } from "vitest";
import type { Configuration, Entity } from "../drivers/gateway.ts";
import type { Action } from "../store/actions.ts";
import type { PlannedChange } from "./action-kind.ts";
import { overlayChanges, overlayRouteId, overlayValue } from "./overlay-copy.ts";
import { overlayRoute } from "./overlay-route.ts";
import { takeBack } from "./take-back.ts";

const OURS = { id: "ours", name: "threat-response", config: { mode: "enforce", agent: { url: "http://agent" } } };
const ORDERS: Entity = {
  id: "r-1",
  name: "orders",
  paths: ["/orders"],
  methods: ["GET"],
  protocols: ["http", "https"],
  regex_priority: 3,
  request_buffering: false,
  headers: { "x-tenant": ["a"] },
  service: { id: "s-1" },
  tags: ["gitops"],
  created_at: 1,
};
const on = (route: string) => ({ route: { id: route } });

function configuration(plugins: object[] = [], routes: object[] = []): Configuration {
  const services = ["s-1", "honeypot"].map((id) => ({ id, host: `${id}.internal` }));
  return {
    entities: { services, routes: [ORDERS, ...(routes as Entity[])], plugins: [OURS, ...plugins] as Entity[] },
    hash: "",
  };
}

const action = (params: object = { status: 429 }): PlannedChange => ({
  id: "a-1",
  incident_id: "i-1",
  type: "overlay_route",
  target: { kind: "ip", value: "203.0.113.7", route_id: "r-1" },
  params: params as PlannedChange["params"],
  expires_at: 2_000_000_000_000,
  stage: null,
});

function made(params?: object, ...rest: Parameters<typeof configuration>): { route: Entity; plugins: Entity[] } {
  const changes = overlayChanges(action(params), configuration(...rest), "edge");
  const entities = changes.flatMap((change) => (change.op === "create" ? [change.entity] : []));
  return { route: entities[0] as Entity, plugins: entities.slice(1) };
}

const pluginOf = (name: string, ...rest: Parameters<typeof made>) =>
  made(...rest).plugins.find((one) => one.name === name);

describe("the copy of a route", () => {
  it("matches as the original does and by one header more, and is the agent's alone", () => {
    const { route } = made();
    const { id: _, name: __, tags: ___, created_at: ____, headers, ...fields } = ORDERS;
    expect(route).toMatchObject({ ...fields, id: overlayRouteId(action(), "edge") });
    expect(route.headers).toEqual({ ...(headers as object), "x-threat-response-overlay": [overlayValue(action())] });
    expect(route).not.toHaveProperty("name");
    expect(route.tags).toEqual(["threat-response", "tr:incident:i-1", "tr:expires:2000000000", "tr:overlay:r-1"]);
  });

  it("has the enabled plugins of the original, those for single consumers, and the action's", () => {
    const key = {
      id: "p-1",
      name: "key-auth",
      ...on("r-1"),
      config: { key_names: ["k"] },
      tags: ["gitops"],
      instance_name: "x",
    };
    const acl = { id: "p-2", name: "acl", ...on("r-1"), consumer: { id: "c-1" }, config: { deny: ["a"] } };
    const off = { id: "p-3", name: "cors", ...on("r-1"), enabled: false, config: {} };
    const elsewhere = { id: "p-4", name: "acl", ...on("r-9"), config: {} };
    const { route, plugins } = made({ status: 429 }, [key, acl, off, elsewhere]);
    expect(plugins.map(({ name, consumer, config }) => [name, consumer, config])).toEqual([
      ["key-auth", undefined, { key_names: ["k"] }],
      ["acl", { id: "c-1" }, { deny: ["a"] }],
      ["request-termination", undefined, { status_code: 429, message: "Temporarily unavailable" }],
    ]);
    for (const plugin of plugins) {
      expect(plugin.route).toEqual({ id: route.id });
      expect(plugin.tags).toEqual(["threat-response", "tr:incident:i-1", "tr:expires:2000000000"]);
      expect(plugin).not.toHaveProperty("instance_name");
    }
  });

  const limits = (config: object, over: object = on("r-1")) => ({ id: "p-1", name: "rate-limiting", ...over, config });

  it.each([
    ["beside none", [], { minute: 5 }],
    ["beside a smaller one of the route", [limits({ minute: 6, limit_by: "ip" })], { minute: 3 }],
    ["beside a larger one of the route", [limits({ minute: 100, hour: 8, limit_by: "ip" })], { minute: 4, hour: 4 }],
    ["beside one for everybody", [limits({ minute: 3, limit_by: "ip", policy: "local" }, {})], { minute: 3 }],
  ])("limits %s, never looser, and half of what begins to count anew", (_name, plugins, expected) => {
    expect(pluginOf("rate-limiting", { minute: 5 }, plugins)?.config).toMatchObject(expected);
  });

  it("halves limits also where the action is about something else", () => {
    const shared = limits({ second: 1, minute: 9, limit_by: "ip", policy: "redis", redis: { host: "r" } });
    const config = { second: 1, minute: 4, limit_by: "ip", policy: "redis", redis: { host: "r" } };
    expect(pluginOf("rate-limiting", { kilobytes: 1 }, [shared])?.config).toEqual(config);
  });

  it.each([
    ["no other is in between", [], null],
    ["another has the copy's priority", [{ id: "r-0", expression: "b", priority: 4 }], /requests of route r-0/],
    ["another of the same comes first", [{ id: "r-2", expression: "b", priority: 3 }], /requests of route r-2/],
    ["another of the same comes later", [{ id: "r-0", expression: "b", priority: 3 }], null],
  ])("of an expression has the header in it, where %s", (_name, others, refused) => {
    const there = configuration();
    there.entities.routes = [{ id: "r-1", expression: "a || b", priority: 3, service: { id: "s-1" } }, ...others];
    const changes = () => overlayChanges(action(), there, "edge");
    if (refused !== null) return expect(changes).toThrow(refused);
    const expression = `(a || b) && any(http.headers.x_threat_response_overlay) == "${overlayValue(action())}"`;
    expect(changes()[0]).toMatchObject({ entity: { expression, priority: 4 } });
    expect(changes()[0]).not.toHaveProperty("entity.headers");
  });

  it("goes to the honeypot that the policy names, with the plugins of the service it leaves", () => {
    const ofService = { id: "p-1", name: "key-auth", service: { id: "s-1" }, config: {} };
    const { route, plugins } = made({ service_id: "honeypot" }, [ofService]);
    expect(route.service).toEqual({ id: "honeypot" });
    expect(plugins.map(({ name, service }) => [name, service])).toEqual([["key-auth", undefined]]);
  });

  const code = (text: string) => ({ id: "p-1", name: "pre-function", config: { access: [text] } });
  it.each<[string, RegExp, object | undefined, object[], object[]]>([
    ["nothing is asked for", /is needed/, {}, [], []],
    [
      "a longer path would be taken",
      /requests of route exports/,
      undefined,
      [],
      [{ id: "r-2", name: "exports", paths: ["/orders/exports"], methods: ["GET"], headers: { a: ["b"] } }],
    ],
    ["code asks for the route", /asks for the route/, undefined, [code("return kong.router.get_route()")], []],
    ["code knows the route's id", /asks for the route/, undefined, [code("local r = 'r-1'")], []],
    [
      "another plugin counts",
      /count anew/,
      undefined,
      [{ id: "p-1", name: "response-ratelimiting", ...on("r-1"), config: {} }],
      [],
    ],
    [
      "it would limit by something else",
      /limits by consumer/,
      { minute: 5 },
      [limits({ minute: 9, limit_by: "consumer" })],
      [],
    ],
    [
      "single consumers have limits",
      /single consumers/,
      { minute: 5 },
      [limits({ minute: 9, limit_by: "ip" }, { ...on("r-1"), consumer: { id: "c" } })],
      [],
    ],
    ["the service is not there", /is not there/, { service_id: "gone" }, [], []],
  ])("is refused where %s", (_name, why, params, plugins, routes) => {
    expect(() => made(params, plugins, routes)).toThrow(why);
  });

  it.each([
    ["shorter paths", { paths: ["/"], methods: ["GET"], headers: { a: ["b"] } }],
    ["other methods", { paths: ["/orders/exports"], methods: ["POST"], headers: { a: ["b"] } }],
    [
      "more kinds of conditions than the copy has",
      { paths: ["/orders"], methods: ["GET"], headers: { a: ["b"] }, hosts: ["h"] },
    ],
  ])("is made beside a route with %s", (_name, fields) => {
    expect(made(undefined, [], [{ id: "r-2", name: "other", ...fields }]).plugins).toHaveLength(1);
  });

  it.each([
    ["is gone", null],
    ["only monitors", { ...OURS, config: { ...OURS.config, mode: "monitor" } }],
    ["is for one service", { ...OURS, service: { id: "s-1" } }],
    ["has no agent", { ...OURS, config: { mode: "enforce" } }],
    ["is disabled", { ...OURS, enabled: false }],
  ])("is refused where the global instance %s", (_name, instance) => {
    const there = configuration();
    there.entities.plugins = instance === null ? [] : [instance as Entity];
    expect(() => overlayChanges(action(), there, "edge")).toThrow(/only a global instance/);
  });

  it("stays where somebody put a plugin on it, and theirs with it", () => {
    const changes = overlayChanges(action(), configuration(), "edge").map((change) => ({
      change,
      before: null,
      after: null,
    }));
    const [route, plugin] = changes.flatMap(({ change }) => (change.op === "create" ? [change.entity] : []));
    const applied = { ...action(), gateway: "edge", changes } as unknown as Action;
    const theirs = { id: "theirs", name: "cors", route: { id: route!.id }, config: {} };
    expect(takeBack(applied, configuration([plugin!], [route!])).changes).toHaveLength(2);
    const { changes: taken, left } = takeBack(applied, configuration([plugin!, theirs], [route!]));
    expect(taken).toMatchObject([{ op: "delete", id: plugin!.id }]);
    expect(left.join()).toContain("stays");
  });

  it("is out of date once the same would be made otherwise", () => {
    const key = { id: "p-1", name: "key-auth", ...on("r-1"), config: { key_names: ["k"] } };
    const changes = overlayChanges(action(), configuration([key]), "edge").map((change) => ({
      change,
      before: null,
      after: null,
    }));
    const applied = { ...action(), gateway: "edge", changes } as unknown as Action;
    const own = changes.flatMap(({ change }) =>
      change.op === "create" && change.type === "routes" ? [change.entity] : [],
    );
    expect(overlayRoute.outdated?.(applied, configuration([key], own))).toBeNull();
    expect(overlayRoute.outdated?.(applied, configuration([], own))).toMatch(/was changed/);
    expect(overlayRoute.outdated?.(applied, configuration([{ ...key, config: { key_names: ["j"] } }], own))).toMatch(
      /was changed/,
    );
  });
});
