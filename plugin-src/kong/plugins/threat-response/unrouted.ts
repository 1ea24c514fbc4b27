import * as ffi from "ffi";
import { hashText } from "./distinct.ts";

/**
 * Which addresses asked for paths without a route lately, more than once: before routing nothing else tells a flood of such requests from
 * others. Two bitmaps of 65,536 places each, the second for who is in the first already; after a while both are forgotten.
 */
const BYTES = 8192;
const FORGET_S = 30;

const once = ffi.new("uint8_t[8192]");
const again = ffi.new("uint8_t[8192]");
let since = 0;

const forget = (now: number): void => {
  if (now - since < FORGET_S) return;
  since = now;
  ffi.fill(once, BYTES);
  ffi.fill(again, BYTES);
};

export const markUnrouted = (address: string, now: number): void => {
  forget(now);
  const hash = hashText(address);
  const place = (hash >>> 3) & 8191;
  const bit = 1 << (hash & 7);
  if ((once[place] & bit) !== 0) again[place] = again[place] | bit;
  else once[place] = once[place] | bit;
};

export const isMarkedUnrouted = (address: string): boolean => {
  const hash = hashText(address);
  return (again[(hash >>> 3) & 8191] & (1 << (hash & 7))) !== 0;
};
