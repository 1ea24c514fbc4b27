import * as ffi from "ffi";
import { countBits } from "./bits.ts";
import { counters } from "./counters.ts";
import { hashText } from "./distinct.ts";
import { goodFor } from "./evidence.ts";

/**
 * Distinct missing paths of each client. A path that several well-known addresses miss is a broken link, not a probe, and counts for nobody;
 * one that the site itself has led to (by its Referer) counts a quarter.
 */
const SLOTS = 4096;
const BROKEN_FROM = 3;
const FORGET_S = 3600;
const REFERRED = 0.25;
const { find, sub } = string;

/** By path: whose bits are set are well-known addresses that missed it. A path pushes out another one of the same slot. */
const tags = ffi.new("int32_t[4096]");
const missedBy = ffi.new("int32_t[4096]");
let since = 0;

const forget = (now: number): void => {
  if (now - since < FORGET_S) return;
  since = now;
  ffi.fill(tags, SLOTS * 4);
};

const isBrokenLink = (path: number, address: string): boolean => {
  const slot = path & (SLOTS - 1);
  if (tags[slot] !== path) {
    tags[slot] = path;
    missedBy[slot] = 0;
  }
  if (goodFor(address) > 0) missedBy[slot] = missedBy[slot] | (1 << (hashText(address) & 31));
  return countBits(missedBy[slot]) >= BROKEN_FROM;
};

/** Whether the referring page is of this very host. */
const isReferred = (referer: string | undefined, host: string | undefined): boolean => {
  if (referer === undefined || host === undefined) return false;
  const [, scheme] = find(referer, "://", 1, true);
  return scheme !== undefined && sub(referer, scheme + 1, scheme + host.length) === host;
};

/** How many distinct missing paths the client, at this address, asked for in this window, as far as they count. */
export const addMissing = (client: string, address: string, path: string, window: number, now: number): number => {
  forget(now);
  const hash = hashText(path);
  if (isBrokenLink(hash, address)) return 0;
  const variables = ngx.var;
  const weight = isReferred(variables.http_referer, variables.http_host) ? REFERRED : 1;
  const [isNew] = counters.add(`p${hash}:${client}`, true, window);
  if (!isNew) return 0;
  const [sum] = counters.incr(`q${client}`, weight, 0, window);
  return sum ?? 0;
};
