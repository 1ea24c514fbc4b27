import type { Account } from "../accounts.ts";
import type { Random } from "../random.ts";
import type { RequestSpec } from "../request.ts";

/** What an attacker knows of the demo API. */
export interface Target {
  accounts: readonly Account[];
}

/** One attack: who, how fast, for how long, and what the system is expected to make of it. */
export interface Attack {
  name: string;
  title: string;
  /** Addresses it comes from. */
  sources: string[];
  perSecond: number;
  seconds: number;
  /** Categories an incident about it may carry. */
  categories: string[];
  /** Share of its requests that must be stopped for the demo to hold, over its whole duration. */
  stoppedAtLeast: number;
  next(random: Random, target: Target): RequestSpec;
}

export function addresses(prefix: string, from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${from + index}`);
}
