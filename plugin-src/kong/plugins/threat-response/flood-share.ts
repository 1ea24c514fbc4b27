/** Who may pass while a route takes a flood. Pure. */

/** Even the smallest share lets a page load. */
const LEAST_SHARE = 5;
/** Who behaved well before the flood may do so much more than a stranger. */
const GOOD_FACTOR = 10;
/** Times its usual number of requests that a well-known address may send. */
const GROWTH = 3;
const LEAST_ADMITTED = 0.02;
const MOST_BITS = 16_777_216;

/** What one strange address may send in a window. */
export const fairShare = (allowedRps: number, window: number, sources: number): number =>
  Math.max(LEAST_SHARE, (allowedRps * window) / Math.max(1, sources));

/** What an address may send that behaved well before; `usual` is its own number of requests in a window, 0 where it is not known for many. */
export const knownShare = (fair: number, usual: number): number =>
  Math.max(fair, GOOD_FACTOR * LEAST_SHARE, GROWTH * usual);

/** The share of strange addresses that pass, so that with the known ones about `allowedRps` get through. */
export const admittedShare = (allowedRps: number, known: number, strange: number): number => {
  if (strange <= 0) return 1;
  return Math.min(1, Math.max(LEAST_ADMITTED, (allowedRps - known) / strange));
};

/** Whether an address is among that share: always the same ones, so that who is in can finish what it began. */
export const isAmong = (hash: number, share: number): boolean => ((hash >>> 8) & 0xffffff) < share * MOST_BITS;
