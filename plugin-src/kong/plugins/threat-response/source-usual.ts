import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { hashText } from "./distinct.ts";

/**
 * What busy addresses usually send, so that a mobile carrier's address with thousands of users behind it is not taken for one greedy client.
 * Only who is busy at all is looked at: each time it passes another eighth of the limit in a window, that is counted. It takes half an hour of
 * that, and several agents or credentials behind the address, before its limit grows; and it never grows beyond ten times.
 */
const STEPS = 8;
const LEARNED_S = 1800;
const HALVED_S = 7200;
const KEEP_S = 86_400;
const GROWTH = 4;
const MOST = 10;
const CROWD_BITS = 8;
const MAX_CROWDS = 1000;

let crowds = new LuaTable<string, number>();
let size = 0;

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
  const [isCrowd] = counters.get(`W${key}`);
  if (since === undefined || isCrowd === undefined) return 0;
  const age = ngx.now() - (since as number);
  return age < LEARNED_S ? 0 : ((passed as number) * stepOf(instance) * instance.config.flood.window_s) / age;
};

/** What one address may send in a window: the configured limit, or more where many share it and usually do. */
export const allowanceOf = (instance: Instance, key: string): number => {
  const { max_per_ip } = instance.config.flood;
  return Math.min(MOST * max_per_ip, Math.max(max_per_ip, GROWTH * usualOf(instance, key)));
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

const countBits = (bits: number): number => {
  let rest = bits;
  let count = 0;
  while (rest !== 0) {
    rest = rest & (rest - 1);
    count += 1;
  }
  return count;
};

/** Who is behind a busy address, by agent and credential. Every fourth request of busy addresses only; other addresses cost nothing. */
export const noteCrowd = (instance: Instance, key: string, requests: number, who: string): void => {
  if (requests % 4 !== 0 || requests < stepOf(instance)) return;
  const known = crowds.get(key);
  if (known === undefined) {
    if (size >= MAX_CROWDS) {
      crowds = new LuaTable();
      size = 0;
    }
    size += 1;
  }
  const bits = (known ?? 0) | (1 << (hashText(who) & 31));
  if (bits === known) return;
  crowds.set(key, bits);
  if (countBits(bits) >= CROWD_BITS) counters.set(`W${key}`, true, KEEP_S);
};
