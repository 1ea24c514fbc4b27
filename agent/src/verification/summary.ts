import type { Rates } from "../store/schema.ts";

export interface Measured {
  before: Rates;
  after: Rates;
  /** How often its decision took effect since, or null where there is no decision. */
  hits: number | null;
  /** Why it is not in force, or null. */
  problem: string | null;
}

const rate = (value: number) => `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10}/s`;

/** What the measurement says, in plain words. Pure. Silence is never called recovery. */
export function summarize({ before, after, hits, problem }: Measured): string {
  const seconds = Math.round(after.window_ms / 1000);
  const parts = [attackPart(before, after, seconds), legitimatePart(before, after)];
  if (hits !== null)
    parts.push(hits === 0 ? "its decision has not stopped anything yet" : `its decision stopped ${hits} requests`);
  if (problem !== null) parts.unshift(`it is not in force: ${problem}`);
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}

const total = (rates: Rates) =>
  rates.attack_passed + rates.attack_stopped + rates.legitimate_ok + rates.legitimate_denied;

function attackPart(before: Rates, after: Rates, seconds: number): string {
  if (total(after) === 0) return `no traffic in the ${seconds} s since, so nothing can be said`;
  const moved = `attack requests that reach the service: ${rate(before.attack_passed)} before, ${rate(after.attack_passed)} after`;
  const stopped = `${rate(after.attack_stopped)} stopped at the gateway`;
  if (before.attack_passed === 0) return `${moved} (none passed before either), ${stopped}`;
  const change = Math.round((after.attack_passed / before.attack_passed - 1) * 100);
  const verdict = change <= -90 ? "it helped" : change <= -30 ? "it helped in part" : "it has not helped so far";
  return `${verdict}: ${moved} (${change > 0 ? "+" : ""}${change} %), ${stopped}`;
}

function legitimatePart(before: Rates, after: Rates): string {
  if (total(after) === 0) return "";
  const share = (rates: Rates) =>
    rates.legitimate_denied / Math.max(rates.legitimate_ok + rates.legitimate_denied, 1e-9);
  const text = `legitimate requests: ${rate(before.legitimate_ok)} before, ${rate(after.legitimate_ok)} after, ${rate(after.legitimate_denied)} denied`;
  return share(after) > share(before) + 0.02 ? `${text}: it may hit legitimate users` : text;
}
