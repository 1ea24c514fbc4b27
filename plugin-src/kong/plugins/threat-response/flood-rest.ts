import { counters } from "./counters.ts";

/**
 * What remains of a flood when it is formally over, because decisions stop most of it: an address that was above its share and goes on at its
 * rate keeps to that share, for as long as it does not slow down. Nobody is held down for ever: the share always passes, one window below it ends
 * this, and ten minutes do in any case.
 */
const LONGEST_S = 600;
const KEEP_WINDOWS = 2;
const LEAST_KEEP_S = 30;
const { floor } = math;
const { format, match } = string;

/** While nothing remains nobody is looked up: until when something may, as read at most this long ago. */
const LAST = "fL";
const READ_AGE_S = 0.1;
let lastEnds = 0;
let readAt = 0;

const keyOf = (key: string, route: string): string => `fr${key} ${route}`;

const tellAll = (now: number): void => {
  if (lastEnds > now + LONGEST_S / 2) return;
  lastEnds = now + LONGEST_S;
  counters.set(LAST, lastEnds, LONGEST_S);
};

export const isAnyRest = (now: number): boolean => {
  if (now - readAt > READ_AGE_S) {
    readAt = now;
    const [ends] = counters.get(LAST);
    lastEnds = (ends as number | undefined) ?? 0;
  }
  return lastEnds > now;
};

/** In a flood: an address is above what it may send in a window. Noted once a window, when it gets there. */
export const noteRest = (key: string, route: string, share: number, requests: number): void => {
  if (requests !== floor(share) + 1) return;
  const now = ngx.now();
  tellAll(now);
  counters.set(keyOf(key, route), format("%d %d", floor(share), floor(now)), LEAST_KEEP_S);
};

/** After a flood: the share that an address has used up which took part; nil for everybody else, and for whoever keeps to it. */
export const restOf = (key: string, route: string, requests: number, window: number): number | undefined => {
  const name = keyOf(key, route);
  const [text] = counters.get(name);
  if (text === undefined) return undefined;
  const [shareText, sinceText] = match(text as string, "^(%d+) (%d+)$");
  const share = tonumber(shareText) ?? 0;
  if (requests <= share || ngx.now() - (tonumber(sinceText) ?? 0) > LONGEST_S) return undefined;
  // Denied requests count as well: who does not pause is still at it.
  if (requests === share + 1) counters.set(name, text as string, Math.max(LEAST_KEEP_S, KEEP_WINDOWS * window));
  return share;
};
