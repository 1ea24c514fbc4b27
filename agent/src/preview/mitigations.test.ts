import { describe, expect, it } from "vitest";
import { attack, create, decide, many, NONE, on, plugin, ROUTES, T0, world } from "../../../test/support/preview.ts";
import type { PlannedEffects } from "./preview.ts";
import { previewPlan } from "./preview.ts";
import type { RecordedRequest } from "./recorded-request.ts";

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

  it("knows nobody any more where what authenticated is taken away", () => {
    const keyed = world([plugin("key-auth", {}, on("shop")), plugin("acl", { allow: ["staff"] })]);
    const gone = { ...NONE, changes: [{ op: "delete", type: "plugins", id: "key-auth", expect: plugin("key-auth") }] };
    const records = [attack({ consumer: "bob" }), attack({ consumer: "bob", route_id: "api" })];
    const acls = [{ id: "1", group: "staff", consumer: { id: "bob" } }];
    const configured = { entities: { ...keyed.entities, acls } };
    expect(previewPlan(records, configured, NONE).attack.stopped).toBe(0);
    expect(previewPlan(records, configured, gone as typeof NONE).attack.stopped).toBe(1);
  });

  it("of a consumer group is not taken for one of everybody", () => {
    const ofGroup = { consumer_group: { id: "gold" } };
    const everybody = plugin("request-termination", { status_code: 503, trigger: "x" });
    const both = world([everybody, { ...plugin("request-termination", {}, ofGroup), id: "gold-only" }]);
    expect(previewPlan([attack()], both, NONE).attack.stopped).toBe(0);
  });
});
