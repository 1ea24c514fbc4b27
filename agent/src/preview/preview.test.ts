import { describe, expect, it } from "vitest";
import {
  attack,
  create,
  decide,
  many,
  NONE,
  OURS,
  on,
  plugin,
  ROUTES,
  request,
  T0,
  world,
} from "../../../test/support/preview.ts";
import type { Change } from "../drivers/gateway.ts";
import { previewPlan } from "./preview.ts";

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
