import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { isAtStart, isCrowd } from "./crowd.ts";

/**
 * What busy addresses usually send, so that a mobile carrier's address with thousands of users behind it is not taken for one greedy client.
 * Only who is busy at all is looked at: each time it passes another eighth of the limit in a window, that is counted. Where many people are
 * (`crowd.ts`), they may send five times the limit at once, and after half an hour four times what is usual there. A gateway that has just started
 * cannot know yet: in its first minute it leaves addresses with many people to what their routes can take, and half a minute later those that were
 * there then may send four times what was let in so far.
 */
const STEPS = 8;
const LEARNED_S = 1800;
const SEEN_S = 30;
const HALVED_S = 7200;
const KEEP_S = 86_400;
const GROWTH = 4;
const MOST = 50;
/** Times the limit that many people behind one address may send, though it was not usual up to now. */
const CROWD = 5;

const stepOf = (instance: Instance): number => Math.max(1, math.floor(instance.config.flood.max_per_ip / STEPS));

/** Older times count less, so that an address may become quiet again. */
const halve = (key: string, passed: number, age: number): void => {
  counters.set(`U${key}`, passed / 2, KEEP_S);
  counters.set(`V${key}`, ngx.now() - age / 2, KEEP_S);
};

/** Requests in one window that the address usually sends; 0 for all that are not busy, or not for long. */
export const usualOf = (instance: Instance, key: string): number => {
  const [passed] = counters.get(`U${key}`);
  if (passed === undefined) return 0;
  const [since] = counters.get(`V${key}`);
  if (since === undefined || !isCrowd(key)) return 0;
  const age = ngx.now() - (since as number);
  return age < (isAtStart(since as number) ? SEEN_S : LEARNED_S)
    ? 0
    : ((passed as number) * stepOf(instance) * instance.config.flood.window_s) / age;
};

/** What one address may send in a window: the configured limit, or more where many share it and usually do. */
export const allowanceOf = (instance: Instance, key: string): number => {
  const { max_per_ip } = instance.config.flood;
  if (!isCrowd(key)) return max_per_ip;
  if (isAtStart(ngx.now())) return math.huge;
  return Math.min(MOST * max_per_ip, Math.max(CROWD * max_per_ip, GROWTH * usualOf(instance, key)));
};

/** A request of an address: the how-maniest in its window. What is beyond its allowance teaches nothing. */
export const noteUsual = (instance: Instance, key: string, requests: number): void => {
  if (requests % stepOf(instance) !== 0) return;
  if (requests > instance.config.flood.max_per_ip && requests > allowanceOf(instance, key)) return;
  const [passed] = counters.incr(`U${key}`, 1, 0, KEEP_S);
  counters.add(`V${key}`, ngx.now(), KEEP_S);
  const [since] = counters.get(`V${key}`);
  const age = ngx.now() - (since as number);
  if (age > HALVED_S) halve(key, passed ?? 0, age);
};
