import { describeBaseline } from "../baseline.ts";
import type { Config } from "../configure.ts";
import { BASELINES_AT_ONCE, type LearnedBaseline } from "../contract/learning.ts";
import { counters } from "../counters.ts";
import { ownLogins } from "../learned-logins.ts";
import { nextRecordId } from "../record-id.ts";
import { enqueue } from "../report.ts";
import { knownRates } from "../route-rate.ts";

/**
 * Tells the agent what routes and services usually get and which paths are logins, so that other nodes, and this one after a restart, begin with
 * it. Once a minute the worker whose turn it is tells a hundred; all workers know the same, but not each of them all routes.
 */
const TURN = "lb";
const EVERY_S = 60;

let cursor = 0;

const takeBaselines = (): LearnedBaseline[] => {
  const taken: LearnedBaseline[] = [];
  const rates = knownRates();
  for (const _ of $range(1, Math.min(rates.length, BASELINES_AT_ONCE))) {
    cursor = (cursor + 1) % rates.length;
    const { name, baseline } = rates[cursor];
    const described = describeBaseline(baseline, name);
    if (described !== undefined) taken.push(described);
  }
  return taken;
};

export const reportBaselines = (config: Config | undefined, now: number): void => {
  if (config === undefined || !config.learning.enabled) return;
  const [isOurs] = counters.add(TURN, true, EVERY_S);
  if (!isOurs) return;
  const baselines = takeBaselines();
  const logins = ownLogins();
  if (baselines.length === 0 && logins.length === 0) {
    // Nothing was told: what is learned first shall not wait.
    counters.delete(TURN);
    return;
  }
  const id = nextRecordId();
  enqueue(config, {
    type: "learned",
    id,
    window_start: now - EVERY_S,
    window_s: EVERY_S,
    scores: [],
    votes: [],
    used: [],
    baselines,
    logins,
  });
};
