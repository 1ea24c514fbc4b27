import { describe, expect, it } from "vitest";
import { decideContext } from "../../../test/support/decide-context.ts";
import { someIncident } from "../../../test/support/incident.ts";
import { openMemoryStore } from "../../../test/support/store.ts";
import { Budget } from "../classification/budget.ts";
import { type IncidentClassification, SEVERITIES, type Severity } from "../store/schema.ts";
import { decide } from "./decide.ts";
import { parsePolicy } from "./load.ts";
import { leftFor, NOTHING_USED } from "./reserve.ts";

const policy = parsePolicy(`
version: 1
rules:
  - name: all
    when: { category: credential_stuffing }
    plans: [{ id: block, action: block_source, ttl_s: 60, min_requests: 1, max_sources: 500 }]
`);
const { rails } = policy.document;

/** Decides one incident after another, each with what the ones before have used up. */
class Gateway {
  readonly used = { hour: { ...NOTHING_USED }, day: { ...NOTHING_USED } };
  #seen = 0;

  see(severity: Severity): number {
    const n = this.#seen++;
    const ip = `203.0.${(n >> 8) & 255}.${n & 255}`;
    const incident = someIncident({ subject_value: ip, sources: [{ ip, count: 500 }] });
    const classification: IncidentClassification = {
      by: "rules",
      category: incident.category,
      class: null,
      severity,
      confidence: 0.9,
      reasons: [],
    };
    const done =
      decide(incident, classification, policy, decideContext({ used: this.used })).plans[0]?.actions.length ?? 0;
    this.used.hour[severity] += done;
    this.used.day[severity] += done;
    return done;
  }

  newHour(): void {
    Object.assign(this.used.hour, NOTHING_USED);
  }
}

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe("the budget of actions", () => {
  it("is not used up by ten thousand decoys of low severity: critical incidents are acted on", () => {
    const gateway = new Gateway();
    for (let i = 0; i < 10_000; i++) gateway.see("low");
    expect(gateway.used.hour.low).toBe(30);
    expect(gateway.see("low")).toBe(0);
    expect([gateway.see("medium"), gateway.see("high"), gateway.see("critical")]).toEqual([1, 1, 1]);
  });

  it("keeps the day's part for critical incidents, too, however long the decoys go on", () => {
    const gateway = new Gateway();
    for (let hour = 0; hour < 23; hour++) {
      for (let i = 0; i < 200; i++) gateway.see("high");
      gateway.newHour();
    }
    expect(gateway.used.day.high).toBe(480 - 120);
    expect([gateway.see("high"), gateway.see("critical")]).toEqual([0, 1]);
  });

  it.each([1, 2, 3, 4, 5])(
    "never goes beyond the most, and always leaves each severity its part (order %i)",
    (seed) => {
      const next = random(seed);
      const gateway = new Gateway();
      for (let i = 0; i < 600; i++) gateway.see(SEVERITIES[Math.floor(next() ** 2 * 4)] as Severity);
      const used = gateway.used.hour;
      const total = SEVERITIES.reduce((sum, severity) => sum + used[severity], 0);
      expect(total).toBeLessThanOrEqual(rails.max_actions_per_hour);
      for (const severity of ["medium", "high", "critical"] as const) {
        const part = Math.floor(rails.max_actions_per_hour * rails.reserved[severity]);
        const below = SEVERITIES.slice(0, SEVERITIES.indexOf(severity)).reduce((sum, each) => sum + used[each], 0);
        expect(below).toBeLessThanOrEqual(rails.max_actions_per_hour - part);
      }
    },
  );

  it("gives what is severe all that is left", () => {
    expect(leftFor("critical", { most: 60, reserved: rails.reserved }, NOTHING_USED)).toBe(60);
    expect(leftFor("low", { most: 60, reserved: rails.reserved }, NOTHING_USED)).toBe(30);
    expect(leftFor("low", { most: 60, reserved: rails.reserved }, { ...NOTHING_USED, critical: 15 })).toBe(30);
    expect(leftFor("low", { most: 60, reserved: rails.reserved }, { ...NOTHING_USED, critical: 60 })).toBe(0);
  });
});

describe("the budget of model calls", () => {
  const allowances = { hour: { most: 6, reserved: rails.reserved }, day: { most: 10, reserved: rails.reserved } };

  it("is not used up by decoys either, in an hour or over a day", async () => {
    const { db, close } = await openMemoryStore();
    let now = 1;
    const given = { db, gateway: "edge", limits: () => allowances, failures: 3, open_ms: 1, now: () => now };
    const [one, other] = [new Budget(given), new Budget(given)];
    const asked = async () => {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? one : other).take("low")));
      return answers.filter((refused) => refused === null).length;
    };
    expect(await asked()).toBe(5);
    expect(await one.take("low")).toContain("this hour is used up at severity low");
    expect(await other.take("critical")).toBeNull();
    now += 3_600_001;
    expect(await asked()).toBe(1);
    expect(await other.take("low")).toContain("this day");
    expect(await one.take("critical")).toBeNull();
    now += 24 * 3_600_000;
    expect(await one.take("low")).toBeNull();
    await close();
  });
});
