import { counters } from "./counters.ts";

/** Which clients are slowed down on which route because of what they fetched there; all workers know, and each entry ends by itself. */
const LASTS_S = 300;
/** Who goes on regardless has to pause for so long. */
const PAUSE_S = 60;

/** While nobody is limited, nobody has to be looked up: when the last limit ends, as read at most this long ago. */
const LAST = "aL";
const READ_AGE_S = 0.1;
let lastEnds = 0;
let readAt = 0;

const keyOf = (who: string, route: string): string => `al${who} ${route}`;

const keep = (key: string, seconds: number, now: number): void => {
  counters.set(key, true, seconds);
  const [ends] = counters.get(LAST);
  lastEnds = Math.max((ends as number | undefined) ?? 0, now + seconds);
  counters.set(LAST, lastEnds, lastEnds - now);
};

export const limitClient = (who: string, route: string, now: number): void => keep(keyOf(who, route), LASTS_S, now);

/** Whether anybody is: the hot path asks this first. */
export const isAnybodyLimited = (now: number): boolean => {
  if (now - readAt > READ_AGE_S) {
    readAt = now;
    const [ends] = counters.get(LAST);
    lastEnds = (ends as number | undefined) ?? 0;
  }
  return lastEnds > now;
};

export const isLimited = (who: string, route: string, now: number): boolean => {
  const key = keyOf(who, route);
  const [there] = counters.get(key);
  if (there === undefined) return false;
  const [left] = counters.ttl(key);
  if ((left ?? 0) < PAUSE_S) keep(key, PAUSE_S, now);
  return true;
};
