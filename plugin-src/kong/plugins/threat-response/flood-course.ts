import { admittedShare } from "./flood-share.ts";

/** A flood while it lasts: how many known and strange requests there are, and who may pass accordingly. */
export interface Flood {
  /** Epoch seconds. */
  since: number;
  /** Rate from which it counted as a flood. */
  limit: number;
  /** Rate that may pass. */
  allowedRps: number;
  /** Distinct addresses in the last seconds. */
  sources: number;
  /** The share of strange addresses that may pass. */
  share: number;
  /** Seconds before the flood that an address must have behaved well for: more, the more of them there are. */
  history: number;
  /** Of this worker since the last tick: requests of addresses that behaved well before, and of strange ones. */
  known: number;
  strange: number;
  /** The same a second, of all workers, over about a second. */
  knownRps: number;
  /** The same over some seconds. */
  steadyKnownRps: number;
  strangeRps: number;
  /** The service answers slowly or not at all. */
  isHurt: boolean;
  /** The rate is below the limit: nobody new is turned away, though it counts as over only after a while. */
  isLull: boolean;
  /** Ticks since it was above, and how many make a lull: more with each wave. */
  calm: number;
  patience: number;
}

const HISTORY_S = 30;
const MOST_HISTORY_S = 18_000;
const GROWTH = 1.1;
const SHRINKAGE = 0.98;
/** Ticks over which rates are smoothed. */
const SOON = 5;
const STEADILY = 25;
/** Shares of what may pass: above the one known clients are too many, below the other there is room for more of them. */
const TOO_MANY = 1.1;
const ROOM = 0.8;
/** Ticks below the limit that make a lull once it has come back. */
const LEAST_PATIENCE = 10;

export const beginFlood = (
  since: number,
  limit: number,
  allowedRps: number,
  rps: number,
  hasRoute: boolean,
): Flood => ({
  since,
  limit,
  allowedRps,
  sources: 0,
  share: admittedShare(allowedRps, 0, rps),
  history: HISTORY_S,
  known: 0,
  strange: 0,
  knownRps: 0,
  steadyKnownRps: 0,
  // Among requests without a route there may be none that are strange.
  strangeRps: hasRoute ? rps : 0,
  isHurt: false,
  isLull: false,
  calm: 0,
  patience: 1,
});

/** It comes in waves: as many strangers as at first have to be expected. */
const resume = (flood: Flood, rps: number): void => {
  flood.strangeRps = Math.max(flood.strangeRps, rps - flood.knownRps);
  flood.share = admittedShare(flood.allowedRps, flood.knownRps, flood.strangeRps);
};

/** Once a tick: whether the last second, with so many requests, was above the limit. */
export const noteLull = (flood: Flood, rps: number, isAbove: boolean, hasRoute: boolean): void => {
  if (isAbove && flood.isLull) {
    flood.patience = Math.max(LEAST_PATIENCE, 2 * flood.patience);
    if (hasRoute) resume(flood, rps);
  }
  flood.calm = isAbove ? 0 : flood.calm + 1;
  flood.isLull = flood.calm >= flood.patience;
};

/**
 * Who came long before the attack grew is served first: an attacker who starts slowly has a history too. A busy moment of known clients is
 * no reason to ask for more, and when there is room again, less is asked for.
 */
const steerHistory = (flood: Flood): void => {
  flood.steadyKnownRps += (flood.knownRps - flood.steadyKnownRps) / STEADILY;
  if (Math.min(flood.knownRps, flood.steadyKnownRps) > TOO_MANY * flood.allowedRps)
    flood.history = Math.min(MOST_HISTORY_S, flood.history * GROWTH);
  else if (Math.max(flood.knownRps, flood.steadyKnownRps) < ROOM * flood.allowedRps)
    flood.history = Math.max(HISTORY_S, flood.history * SHRINKAGE);
};

/** Once a tick; `scale` leads from this worker's requests to all workers' requests a second. */
export const steer = (flood: Flood, scale: number, hasRoute: boolean): void => {
  flood.knownRps += (flood.known * scale - flood.knownRps) / SOON;
  flood.strangeRps += (flood.strange * scale - flood.strangeRps) / SOON;
  if (hasRoute) steerHistory(flood);
  flood.share = admittedShare(flood.allowedRps, flood.knownRps, flood.strangeRps);
  flood.known = 0;
  flood.strange = 0;
};
