import { describe, expect, it } from "vitest";
import type { Change, Entity, EntityType } from "../drivers/gateway.ts";
import type { PlannedDecision } from "./decisions.ts";
import { type PlannedEffects, previewPlan } from "./preview.ts";
import type { RecordedRequest } from "./recorded-request.ts";

const NONE: PlannedEffects = { changes: [], decisions: [], patches: [] };
const T0 = Date.UTC(2026, 0, 5, 12);

const request = (over: Partial<RecordedRequest> = {}): RecordedRequest => ({
  at: T0,
  method: "GET",
  path: "/shop/lamps",
  route_id: "shop",
  service_id: "s",
  ip: "192.0.2.1",
  consumer: null,
  credential: null,
  header_names: ["host", "user-agent"],
  user_agent: "Firefox/144.0",
  size: 0,
  status: 200,
  source: "service",
  attack: false,
  weight: 1,
  ...over,
});
const attack = (over: Partial<RecordedRequest> = {}) => request({ ip: "203.0.113.9", attack: true, ...over });

const plugin = (name: string, config: object = {}, over: object = {}): Entity => ({ id: name, name, config, ...over });
const OURS = plugin("threat-response", { mode: "enforce" });
const ROUTES: Entity[] = [
  { id: "shop", name: "shop", paths: ["/shop"], service: { id: "s" } },
  { id: "api", name: "api", paths: ["/api"], service: { id: "s" } },
];
const world = (plugins: Entity[] = [], more: Partial<Record<EntityType, Entity[]>> = {}) => ({
  entities: { services: [{ id: "s", host: "upstream" }], routes: ROUTES, plugins: [OURS, ...plugins], ...more },
});
const create = (entity: Entity, type: EntityType = "plugins"): PlannedEffects => ({
  ...NONE,
  changes: [{ op: "create", type, entity }],
});
const decide = (...decisions: PlannedDecision[]): PlannedEffects => ({ ...NONE, decisions });
const on = (route: string) => ({ route: { id: route } });
const many = (count: number, make: (i: number) => RecordedRequest) => Array.from({ length: count }, (_, i) => make(i));

describe("the preview of a plan", () => {
  it("tells which share of the attack stops, and who else", () => {
    const records = [
      ...many(90, () => attack()),
      ...many(10, (i) => attack({ ip: `198.51.100.${i}` })),
      ...many(396, (i) => request({ ip: `192.0.2.${i % 200}` })),
      ...many(4, () => request({ ip: "203.0.113.9", consumer: "alice", path: "/shop/basket" })),
    ];
    const {
      attack: stopped,
      legitimate,
      confidence,
    } = previewPlan(records, world(), decide({ action: "block", kind: "ip", value: "203.0.113.9" }));
    expect(stopped).toEqual({ requests: 100, stopped_before: 0, stopped: 90, share: 0.9 });
    expect(legitimate).toMatchObject({ requests: 400, hit: 4, share: 0.01, consumers: 1, consumers_hit: 1 });
    expect(legitimate.examples).toEqual([
      {
        method: "GET",
        path: "/shop/basket",
        route_id: "shop",
        network: "203.0.113.0/24",
        by: "decision",
        status: 403,
        requests: 4,
      },
    ]);
    expect(confidence).toBe("good");
  });

  it("counts by weight, and says when there is too little to tell", () => {
    const preview = previewPlan([attack({ weight: 50 }), request({ weight: 7 })], world(), NONE);
    expect(preview.attack.requests).toBe(50);
    expect(preview.legitimate.requests).toBe(7);
    expect(preview.confidence).toBe("low");
    expect(preview.notes.join()).toContain("not enough recorded traffic");
    expect(previewPlan([], world(), NONE).confidence).toBe("none");
  });

  it("is the same for the same input, in whatever order it comes", () => {
    const records = many(500, (i) => (i % 3 ? attack({ at: T0 + i }) : request({ at: T0 + i })));
    const effects = create(plugin("rate-limiting", { minute: 20, limit_by: "ip" }, on("shop")));
    expect(previewPlan([...records].reverse(), world(), effects)).toEqual(previewPlan(records, world(), effects));
  });
});

describe("what authentication rejects", () => {
  const KEYED = plugin("key-auth", {}, on("shop"));
  const guess = () => attack({ status: 401, source: "exit", credential: "guessed" });
  const deny = create(plugin("ip-restriction", { deny: ["203.0.113.9"] }, on("shop")));

  it("never reaches what runs after it", () => {
    const { attack: stopped } = previewPlan(many(10, guess), world([KEYED]), deny);
    expect(stopped.stopped).toBe(0);
    expect(previewPlan(many(10, guess), world(), deny).attack.stopped).toBe(10);
  });

  it("is stopped by a decision, which runs before it", () => {
    const effects = decide({ action: "block", kind: "ip", value: "203.0.113.0/24" });
    expect(previewPlan(many(10, guess), world([KEYED]), effects).attack.stopped).toBe(10);
  });

  it("is everybody without a credential once it is newly required; of the others nobody knows", () => {
    const records = [attack(), request(), request({ header_names: ["apikey"] })];
    const {
      attack: stopped,
      legitimate,
      unsure,
    } = previewPlan(records, world(), create(plugin("key-auth", { key_names: ["apikey"] }, on("shop"))));
    expect([stopped.stopped, legitimate.hit, unsure.requests]).toEqual([1, 1, 1]);
  });
});

describe("each mitigation", () => {
  const bad = { ip: "203.0.113.9" };
  const CASES: [string, PlannedEffects, RecordedRequest[], RecordedRequest[]][] = [
    [
      "a decision of logins only",
      decide({ action: "block", kind: "ip", value: bad.ip, scope: "login" }),
      [attack({ login: "unknown" })],
      [attack({ login: "known" }), attack()],
    ],
    [
      "a decision on one route",
      decide({ action: "block", kind: "ip", value: bad.ip, route: "api" }),
      [attack({ route_id: "api" })],
      [attack()],
    ],
    [
      "a decision about a credential",
      decide({ action: "block", kind: "credential", value: "h1" }),
      [attack({ credential: "h1" })],
      [attack({ credential: "h2" })],
    ],
    [
      "bot-detection",
      create(plugin("bot-detection", { deny: ["(?i)sqlmap"], allow: ["good"] }, on("shop"))),
      [attack({ user_agent: "SQLMap/1.7" })],
      [attack({ user_agent: "sqlmap good" }), attack()],
    ],
    [
      "ip-restriction with ranges",
      create(plugin("ip-restriction", { deny: ["203.0.113.0/24", "2001:db8::/32"] }, on("shop"))),
      [attack(), attack({ ip: "2001:db8::1" })],
      [attack({ ip: "203.0.114.1" }), attack({ route_id: "api" })],
    ],
    [
      "ip-restriction with a list of the allowed",
      create(plugin("ip-restriction", { allow: ["192.0.2.0/24"] })),
      [attack()],
      [attack({ ip: "192.0.2.77" })],
    ],
    [
      "request-size-limiting",
      create(plugin("request-size-limiting", { allowed_payload_size: 1, size_unit: "kilobytes" })),
      [attack({ size: 1025 })],
      [attack({ size: 1024 }), attack({ size: null })],
    ],
    [
      "request-termination",
      create(plugin("request-termination", {}, on("shop"))),
      [attack()],
      [attack({ route_id: "api" })],
    ],
    [
      "request-termination with a trigger",
      create(plugin("request-termination", { trigger: "X-Stop" })),
      [attack({ header_names: ["x-stop"] })],
      [attack()],
    ],
    [
      "a hot patch",
      {
        ...NONE,
        patches: [{ route_id: "shop", service_id: null, status: 403, matches: ({ path }) => path.includes("etc") }],
      },
      [attack({ path: "/shop/../etc/passwd" })],
      [attack(), attack({ route_id: "api", path: "/api/etc" })],
    ],
    [
      "fewer methods of a route",
      {
        ...NONE,
        changes: [{ op: "update", type: "routes", id: "shop", expect: ROUTES[0]!, set: { methods: ["GET"] } }],
      },
      [attack({ method: "DELETE" })],
      [attack(), attack({ method: "DELETE", route_id: "api", path: "/api" })],
    ],
    [
      "a service that is switched off",
      { ...NONE, changes: [{ op: "update", type: "services", id: "s", expect: { id: "s" }, set: { enabled: false } }] },
      [attack(), attack({ route_id: "api", path: "/api" })],
      [],
    ],
    [
      "a service that goes elsewhere",
      {
        ...NONE,
        changes: [{ op: "update", type: "services", id: "s", expect: { id: "s" }, set: { host: "honeypot" } }],
      },
      [attack()],
      [attack({ route_id: null, service_id: null })],
    ],
  ];

  it.each(CASES)("%s stops what it is meant for and nothing else", (_name, effects, stopped, passed) => {
    expect(previewPlan(stopped, world(), effects).attack.stopped).toBe(stopped.length);
    expect(previewPlan(passed, world(), effects).attack.stopped).toBe(0);
    const legitimate = stopped.map((one) => ({ ...one, attack: false }));
    expect(previewPlan(legitimate, world(), effects).legitimate.hit).toBe(stopped.length);
  });

  it("rate-limiting counts by client and calendar window, and only what passes", () => {
    const effects = create(plugin("rate-limiting", { second: 2, minute: 5, limit_by: "ip" }, on("shop")));
    const at = (second: number) => attack({ at: T0 + second * 1000 });
    // Two of each second, and five of the minute.
    const records = [0, 0, 0, 1, 1, 1, 2, 2, 60].map(at);
    expect(previewPlan(records, world(), effects).attack.stopped).toBe(1 + 1 + 1);
    expect(
      previewPlan([...records, ...records.map((one) => ({ ...one, ip: "203.0.113.8" }))], world(), effects).attack
        .stopped,
    ).toBe(6);
  });

  it("rate-limiting by consumer does not add up strangers behind other addresses", () => {
    const effects = create(plugin("rate-limiting", { minute: 1, limit_by: "consumer" }));
    const records = [attack({ consumer: "a" }), attack({ consumer: "a", ip: "192.0.2.9" }), attack({ consumer: "b" })];
    expect(previewPlan(records, world(), effects).attack.stopped).toBe(1);
  });

  it("a throttle lets so many a second of each address through", () => {
    const effects = decide({ action: "throttle", kind: "ip", value: "203.0.113.9", rps: 2 });
    expect(
      previewPlan(
        many(5, () => attack()),
        world(),
        effects,
      ).attack.stopped,
    ).toBe(3);
    const slow = decide({ action: "throttle", kind: "ip", value: "203.0.113.9", rps: 0.5 });
    expect(
      previewPlan(
        [0, 1, 2, 3].map((s) => attack({ at: T0 + s * 1000 })),
        world(),
        slow,
      ).attack.stopped,
    ).toBe(2);
  });

  it("a share of the sources is the same sources each time", () => {
    const records = many(1000, (i) => attack({ ip: `203.0.${i >> 8}.${i & 255}` }));
    const ofShare = (share: number) =>
      previewPlan(records, world(), decide({ action: "block", kind: "ip", value: "203.0.0.0/16", share })).attack
        .stopped;
    expect(ofShare(0.2)).toBeGreaterThan(150);
    expect(ofShare(0.2)).toBeLessThan(250);
    expect(ofShare(0.2)).toBe(ofShare(0.2));
  });

  it("acl follows groups, and refuses who is nobody's consumer", () => {
    const acls = [{ id: "1", group: "blocked", consumer: { id: "bob" } }];
    const records = [attack({ consumer: "bob" }), attack({ consumer: "alice" }), attack()];
    expect(previewPlan(records, world([], { acls }), create(plugin("acl", { deny: ["blocked"] }))).attack.stopped).toBe(
      2,
    );
    expect(
      previewPlan(records, world([], { acls }), create(plugin("acl", { allow: ["blocked"] }))).attack.stopped,
    ).toBe(2);
  });
});

describe("requests without a route", () => {
  const lost = attack({ route_id: null, service_id: null, status: 404, source: "exit" });

  it("meet no bundled plugin", () => {
    expect(previewPlan([lost], world(), create(plugin("ip-restriction", { deny: [lost.ip] }))).attack.stopped).toBe(0);
  });

  it("meet decisions only where the plugin is global and enforces", () => {
    const effects = decide({ action: "block", kind: "ip", value: lost.ip });
    expect(previewPlan([lost], world(), effects).attack.stopped).toBe(1);
    const scoped = { entities: { ...world().entities, plugins: [{ ...OURS, ...on("shop") }] } };
    expect(previewPlan([lost], scoped, effects).attack.stopped).toBe(0);
    const monitor = { entities: { ...world().entities, plugins: [plugin("threat-response", { mode: "monitor" })] } };
    expect(previewPlan([lost], monitor, effects).attack.stopped).toBe(0);
  });

  it("are what is left when a route is deleted", () => {
    const effects = { ...NONE, changes: [{ op: "delete", type: "routes", id: "shop", expect: ROUTES[0]! } as Change] };
    expect(previewPlan([request()], world(), effects).legitimate.hit).toBe(1);
  });
});

describe("what was stopped already", () => {
  it("by the plugin's own judgement is no merit of the plan, but an allow lets it through", () => {
    const reflex = attack({ status: 403, source: "exit", verdict: "block" });
    const blocked = previewPlan([reflex], world(), NONE).attack;
    expect(blocked).toMatchObject({ stopped_before: 1, stopped: 1 });
    const allowed = previewPlan([reflex], world(), decide({ action: "allow", kind: "ip", value: reflex.ip })).attack;
    expect(allowed).toMatchObject({ stopped_before: 1, stopped: 0 });
  });

  it("by something that is not replayed harms nobody anew", () => {
    const ended = request({ status: 403, source: "exit" });
    expect(previewPlan([ended], world(), decide({ action: "block", kind: "ip", value: ended.ip })).legitimate.hit).toBe(
      0,
    );
  });
});

describe("a narrower instance", () => {
  it("that hides a stricter one is named, and counts as security removed", () => {
    const wide = plugin("rate-limiting", { minute: 5, limit_by: "ip", policy: "local" }, { id: "wide" });
    const narrow = plugin(
      "rate-limiting",
      { minute: 100, limit_by: "ip", policy: "local" },
      { id: "narrow", ...on("shop") },
    );
    const preview = previewPlan([], world([wide]), create(narrow));
    expect(preview.masked).toEqual([
      { plugin: "rate-limiting", id: "wide", by: "narrow", route_id: "shop", consumer_id: null },
    ]);
    expect(preview.security_removed).toMatchObject([{ plugin: "rate-limiting", route_id: "shop", change: "loosened" }]);
    const tighter = { ...narrow, config: { minute: 2, limit_by: "ip", policy: "local" } };
    expect(previewPlan([], world([wide]), create(tighter)).security_removed).toEqual([]);
  });
});

describe("security removed", () => {
  const set = (id: string, config: object | null, from: Entity): PlannedEffects => ({
    ...NONE,
    changes: [
      config === null
        ? { op: "delete", type: "plugins", id, expect: from }
        : { op: "update", type: "plugins", id, expect: from, set: { config } },
    ],
  });
  const change = (name: string, was: object, is: object | null) => {
    const from = plugin(name, was, on("shop"));
    return previewPlan([], world([from]), set(name, is, from)).security_removed.map((loss) => loss.change);
  };

  it.each([
    ["key-auth", {}, null, ["removed"]],
    ["key-auth", {}, { anonymous: "everybody" }, ["loosened"]],
    ["acl", { deny: ["a", "b"] }, { deny: ["a"] }, ["loosened"]],
    ["acl", { deny: ["a"] }, { deny: ["a", "b"] }, []],
    ["ip-restriction", { allow: ["a"] }, { allow: ["a", "b"] }, ["loosened"]],
    ["ip-restriction", { allow: ["a", "b"] }, { allow: ["a"] }, []],
    ["ip-restriction", { allow: ["a"] }, {}, ["loosened"]],
    ["rate-limiting", { minute: 5 }, { minute: 6 }, ["loosened"]],
    ["rate-limiting", { minute: 5, hour: 9 }, { minute: 5 }, ["loosened"]],
    ["rate-limiting", { minute: 5 }, { minute: 5, hour: 9 }, []],
    [
      "request-size-limiting",
      { allowed_payload_size: 1, size_unit: "kilobytes" },
      { allowed_payload_size: 1 },
      ["loosened"],
    ],
    ["injection-protection", { a: 1 }, { a: 2 }, ["changed"]],
    ["request-termination", {}, null, []],
    ["cors", {}, null, []],
  ] as const)("%s from %j to %j: %j", (name, was, is, expected) => expect(change(name, was, is)).toEqual(expected));

  it("is told of the plugin's own settings", () => {
    const from = plugin("threat-response", { mode: "enforce", thresholds: { block: 70 } });
    const loss = (config: object) => previewPlan([], world(), set(from.id, config, from)).security_removed.length;
    const before = { entities: { ...world().entities, plugins: [from] } };
    const lossOf = (config: object) =>
      previewPlan([], before, set(from.id, config, from)).security_removed.map((one) => one.detail);
    expect(loss({ mode: "monitor" })).toBeGreaterThan(0);
    expect(lossOf({ mode: "enforce", thresholds: { block: 60 } })).toEqual([]);
    expect(lossOf({ mode: "enforce", thresholds: { block: 90 } })[0]).toBe("thresholds.block is 90 instead of 70");
  });

  it("by an overlay route that lacks what the route under it has", () => {
    const overlay = { id: "over", paths: ["/shop"], methods: ["POST"], service: { id: "s" } };
    const before = world([plugin("key-auth", {}, on("shop"))]);
    expect(previewPlan([], before, create(overlay, "routes")).security_removed).toMatchObject([
      { plugin: "key-auth", route_id: "over", change: "removed" },
    ]);
  });
});
