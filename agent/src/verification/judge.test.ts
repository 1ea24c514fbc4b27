import { describe, expect, it } from "vitest";
import type { ActionOutcome } from "../store/schema.ts";
import { type Counts, judge, type Observed } from "./judge.ts";

/** Seeded: the same tests on every run. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Requests in a second at a mean rate, in bursts: twice as scattered as independent ones. */
function burst(random: () => number, rate: number): number {
  let count = 0;
  let sum = -Math.log(1 - random());
  while (sum < rate / 2) {
    count += random() < 0.5 ? 1 : 3;
    sum += -Math.log(1 - random());
  }
  return count;
}

interface Rates {
  passed?: number;
  stopped?: number;
  ok?: number;
  denied?: number;
  errors?: number;
}

function countsOf(random: () => number, seconds: number, rates: Rates): Counts {
  const draw = (rate = 0) => {
    let count = 0;
    for (let i = 0; i < seconds; i++) count += burst(random, rate);
    return count;
  };
  const [attack_passed, attack_stopped, legitimate_ok, legitimate_denied, errors] = [
    draw(rates.passed),
    draw(rates.stopped),
    draw(rates.ok),
    draw(rates.denied),
    draw(rates.errors),
  ];
  const requests = attack_passed + attack_stopped + legitimate_ok + legitimate_denied + errors;
  return { seconds, requests, attack_passed, attack_stopped, legitimate_ok, legitimate_denied, errors };
}

interface World {
  usual: Rates;
  before: Rates;
  after: Rates;
  hits?: number | null;
  observed?: Partial<Observed>;
}

const RUNS = 400;

/** How often each outcome comes out of so many seeded runs, as shares. */
function outcomes({ usual, before, after, hits = null, observed }: World): Record<ActionOutcome, number> {
  const counted = { helped: 0, in_part: 0, useless: 0, harmful: 0, unknown: 0 };
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = randomOf(seed * 7919);
    const one = judge({
      usual: countsOf(random, 120, usual),
      before: countsOf(random, 30, before),
      after: countsOf(random, 10, after),
      hits,
      hitsApart: false,
      looksClean: false,
      closes: false,
      ...observed,
    });
    counted[one.outcome]++;
  }
  const shares = Object.entries(counted).map(([outcome, count]) => [outcome, count / RUNS]);
  return Object.fromEntries(shares) as Record<ActionOutcome, number>;
}

describe("judging an action, over seeded traffic in bursts", () => {
  it("sees what helps", () => {
    const seen = outcomes({
      usual: { ok: 20 },
      before: { passed: 40, ok: 20 },
      after: { passed: 1, stopped: 39, ok: 20 },
      hits: 390,
    });
    expect(seen.helped).toBeGreaterThan(0.95);
  });

  it("sees what helps in part", () => {
    const seen = outcomes({
      usual: { ok: 20 },
      before: { passed: 40, ok: 20 },
      after: { passed: 18, stopped: 22, ok: 20 },
      hits: 220,
    });
    expect(seen.in_part).toBeGreaterThan(0.9);
  });

  it("sees what is useless: the attack goes on as before, and the action stops nothing", () => {
    for (const hits of [0, null]) {
      const seen = outcomes({ usual: { ok: 20 }, before: { passed: 40, ok: 20 }, after: { passed: 40, ok: 20 }, hits });
      expect(seen.useless, `hits ${hits}`).toBeGreaterThan(0.95);
    }
  });

  it("hardly ever calls harmless actions harmful, or helpful ones useless", () => {
    const worlds: World[] = [
      { usual: { ok: 20 }, before: { passed: 40, ok: 20 }, after: { stopped: 40, ok: 20 }, hits: 400 },
      { usual: { ok: 2 }, before: { passed: 5, ok: 2 }, after: { stopped: 5, ok: 2 }, hits: 50 },
      // The attack grows while it is stopped.
      { usual: { ok: 20 }, before: { passed: 10, ok: 20 }, after: { stopped: 200, ok: 20 }, hits: 2_000 },
      // The service fails under the attack, before as after.
      { usual: { ok: 20 }, before: { passed: 40, ok: 10, errors: 10 }, after: { passed: 40, ok: 10, errors: 10 } },
      // Legitimate users come back once the attack is stopped.
      { usual: { ok: 20 }, before: { passed: 40, ok: 5, errors: 15 }, after: { stopped: 40, ok: 20 }, hits: 400 },
      // Some are always denied, whatever the agent does.
      {
        usual: { ok: 20, denied: 2 },
        before: { passed: 40, ok: 20, denied: 2 },
        after: { stopped: 40, ok: 20, denied: 2 },
      },
      // It is night.
      { usual: { ok: 40 }, before: { passed: 40, ok: 40 }, after: { stopped: 40, ok: 25 }, hits: 400 },
    ];
    for (const world of worlds) expect(outcomes(world).harmful, JSON.stringify(world)).toBeLessThan(0.01);
    for (const world of worlds.filter(({ hits }) => hits)) expect(outcomes(world).useless).toBe(0);
  });

  it("sees legitimate requests denied, as a limit that is too tight does", () => {
    const seen = outcomes({
      usual: { ok: 20 },
      before: { passed: 40, ok: 20 },
      after: { stopped: 40, ok: 15, denied: 5 },
    });
    expect(seen.harmful).toBeGreaterThan(0.95);
  });

  it("sees users behind a blocked address: they succeed no more, and as many more are stopped", () => {
    const seen = outcomes({
      usual: { ok: 20 },
      before: { passed: 10, ok: 20 },
      after: { stopped: 25, ok: 5 },
      hits: 250,
    });
    expect(seen.harmful).toBeGreaterThan(0.95);
  });

  it("sees errors that came with the action", () => {
    const seen = outcomes({
      usual: { ok: 20 },
      before: { passed: 40, ok: 20 },
      after: { ok: 10, errors: 10, stopped: 40 },
    });
    expect(seen.harmful).toBeGreaterThan(0.99);
  });

  it("does not take a flood of plain requests that is limited for legitimate ones that are denied", () => {
    const flood: World = { usual: { ok: 20 }, before: { ok: 220 }, after: { ok: 60, denied: 160 } };
    expect(outcomes({ ...flood, observed: { looksClean: true } }).harmful).toBeLessThan(0.01);
    expect(outcomes({ ...flood, observed: { looksClean: true, usual: null } }).harmful).toBe(0);
  });

  it("lets what an operator agreed to close be closed", () => {
    const closed = { usual: { ok: 20 }, before: { passed: 40, ok: 20 }, after: { denied: 60 } };
    expect(outcomes(closed).harmful).toBe(1);
    expect(outcomes({ ...closed, observed: { closes: true } }).harmful).toBe(0);
  });

  it("never calls silence recovery, nor an attack that ends by itself", () => {
    const silent = outcomes({ usual: { ok: 20 }, before: { passed: 40, ok: 20 }, after: {}, hits: 0 });
    expect(silent.unknown).toBe(1);
    const ended = outcomes({ usual: { ok: 20 }, before: { passed: 40, ok: 20 }, after: { ok: 20 }, hits: 0 });
    expect(ended.unknown).toBe(1);
  });

  it("says nothing from a handful of requests", () => {
    const seen = outcomes({
      usual: { ok: 0.2 },
      before: { passed: 0.1, ok: 0.2 },
      after: { passed: 0.1, ok: 0.2 },
      hits: 0,
    });
    expect(seen.unknown).toBeGreaterThan(0.95);
  });
});
