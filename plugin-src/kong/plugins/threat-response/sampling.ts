import { bor, bxor, lshift, rshift } from "bit";
import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { randomHex } from "./digest.ts";
import type { Source } from "./features/source.ts";

/**
 * Which requests are inspected deeply where `payload.sampling` is below 1. Each request draws its own lot, so nobody stays outside for
 * ever and nobody can count along; an address with evidence against it is inspected always. What is counted, listed or decided is never sampled.
 */
const WATCH_S = 3600;
const RANGE = 4_294_967_296;
const WATCHED = "W";
const READ_AGE_S = 0.1;

let state = 0;

/** 0 (inclusive) to 1 (exclusive). Seeded at its first use: workers that were forked from one process must not draw the same lots. */
const draw = (): number => {
  if (state === 0) state = bor(tonumber(randomHex(4), 16) as number, 1);
  state = bxor(state, lshift(state, 13));
  state = bxor(state, rshift(state, 17));
  state = bxor(state, lshift(state, 5));
  return (state < 0 ? state + RANGE : state) / RANGE;
};

let watchEnds = 0;
let readAt = 0;

/** While nobody is watched, nobody has to be looked up: when the last watch ends, as read a moment ago. */
const isAnybodyWatched = (): boolean => {
  const now = ngx.now();
  if (now - readAt > READ_AGE_S) {
    readAt = now;
    const [ends] = counters.get(WATCHED);
    watchEnds = (ends as number | undefined) ?? 0;
  }
  return watchEnds > now;
};

const isWatched = (source: Source): boolean => {
  if (!isAnybodyWatched()) return false;
  const [watched] = counters.get(`w${source.key}`);
  return watched !== undefined;
};

/** Whether the payload of this request is looked at. */
export const isInspected = (instance: Instance, source: Source): boolean => {
  const share = instance.config.payload.sampling;
  return share >= 1 || draw() < share || isWatched(source);
};

/** There was evidence against the address: from now on all of its requests are inspected for a while. */
export const watchSource = (instance: Instance, source: Source): void => {
  if (instance.config.payload.sampling >= 1) return;
  counters.set(`w${source.key}`, true, WATCH_S);
  watchEnds = ngx.now() + WATCH_S;
  counters.set(WATCHED, watchEnds, WATCH_S);
};
