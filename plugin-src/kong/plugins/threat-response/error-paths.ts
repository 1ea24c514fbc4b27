import * as ffi from "ffi";
import { hashText } from "./distinct.ts";

/**
 * The beginnings of paths that had a route lately: a request for one of them that finds none means that a route is gone, while scanners and
 * favicons ask for what never had one. A Bloom filter in two generations; every eighth request is enough to fill it.
 */
const BYTES = 8192;
const GENERATION_S = 21_600;
const SAMPLED = 8;
const { find, sub } = string;

let young = ffi.new("uint8_t[8192]");
let old = ffi.new("uint8_t[8192]");
let since = 0;
let count = 0;

/** Up to the third slash: `/api/orders` of `/api/orders/17/items`. */
const beginningOf = (path: string): string => {
  const [second] = find(path, "/", 2, true);
  if (second === undefined) return path;
  const [third] = find(path, "/", second + 1, true);
  return third === undefined ? sub(path, 1, second) : sub(path, 1, third);
};

const rotate = (now: number): void => {
  const filled = young;
  young = old;
  old = filled;
  ffi.fill(young, BYTES);
  since = now;
};

/** Whether this request, which had a route, is to be noted: every eighth is. */
export const isNoted = (): boolean => {
  count += 1;
  return count % SAMPLED === 1;
};

export const noteRouted = (path: string, now: number): void => {
  if (now - since > GENERATION_S) rotate(now);
  const hash = hashText(beginningOf(path));
  const first = (hash >>> 3) & 8191;
  const second = (hash >>> 19) & 8191;
  young[first] = young[first] | (1 << (hash & 7));
  young[second] = young[second] | (1 << ((hash >>> 16) & 7));
};

const isIn = (filter: ffi.CData, hash: number): boolean =>
  (filter[(hash >>> 3) & 8191] & (1 << (hash & 7))) !== 0 &&
  (filter[(hash >>> 19) & 8191] & (1 << ((hash >>> 16) & 7))) !== 0;

export const wasRouted = (path: string): boolean => {
  const hash = hashText(beginningOf(path));
  return isIn(young, hash) || isIn(old, hash);
};
