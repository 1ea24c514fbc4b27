/**
 * Whether a rate rose over time, as with people who come one after the other, or all at once. Pure.
 */
export interface Rise {
  /** A second each, a ring. */
  past: number[];
  place: number;
  /** Seconds for which the rate has been above its limit after it had risen slowly; -1 where it was not. */
  since: number;
}

const LOOK_BACK_S = 10;
/** Of the limit: what was there ten seconds before already. */
const SLOWLY = 1 / 3;
/** Times the limit that a slow rise may reach while the service answers as ever, and for how long. */
const ROOM = 3;
const LASTS_S = 7200;
const OVER = 0.5;

export const createRise = (): Rise => {
  const past: number[] = [];
  for (const _ of $range(1, LOOK_BACK_S)) past.push(0);
  return { past, place: 0, since: -1 };
};

/** Once a second, with the rate and its limit. */
export const noteSecond = (rise: Rise, rps: number, limit: number): void => {
  const before = rise.past[rise.place];
  rise.past[rise.place] = rps;
  rise.place = (rise.place + 1) % LOOK_BACK_S;
  if (rise.since >= 0) {
    rise.since += 1;
    if (rps < OVER * limit) rise.since = -1;
  } else if (rps > 0.8 * limit && before > SLOWLY * limit) rise.since = 0;
};

/** The limit of a rate that rose like this, on a service that is well; `known` is the limit by what is known of other hours and days. */
export const roomFor = (rise: Rise, limit: number, known: number): number =>
  rise.since < 0 || rise.since > LASTS_S ? limit : Math.max(limit, ROOM * known);
