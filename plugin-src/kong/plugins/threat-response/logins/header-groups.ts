import * as ffi from "ffi";
import type { Facts } from "../features/facts.ts";
import { hashText } from "../stable-hash.ts";

/**
 * Logins by what their headers look like: whoever runs a tool behind a thousand addresses sends the same headers from all of them. Each worker
 * counts for itself, in 256 groups for a route, and forgets within a minute.
 */
export interface HeaderGroups {
  failures: ffi.Numbers;
  successes: ffi.Numbers;
  isBad: ffi.Numbers;
}

const GROUPS = 256;
const KEPT_A_SECOND = 0.98;
const MIN_FAILURES = 20;
const BAD_SHARE = 0.85;
/** Once bad, a group stays so until it is nearly forgotten: then a few pass, and show whether it still is. */
const FORGOTTEN = 4;
const GOOD_SHARE = 0.6;

export const createGroups = (): HeaderGroups => ({
  failures: ffi.new("float[256]"),
  successes: ffi.new("float[256]"),
  isBad: ffi.new("uint8_t[256]"),
});

/** The group of a request; the same for the same client software with the same settings. */
export const groupOf = (facts: Facts): number => {
  const variables = ngx.var;
  const settings = `${variables.http_accept_language ?? ""}|${variables.http_accept ?? ""}`;
  const abilities = `${variables.http_accept_encoding ?? ""}|${variables.http_sec_ch_ua ?? ""}`;
  const [word] = hashText(`${facts.userAgent ?? ""}|${settings}|${abilities}`);
  return word & (GROUPS - 1);
};

const judge = (groups: HeaderGroups, group: number): void => {
  const failures = groups.failures[group];
  const share = failures / (failures + groups.successes[group]);
  if (failures >= MIN_FAILURES && share >= BAD_SHARE) groups.isBad[group] = 1;
  else if (failures < FORGOTTEN || share < GOOD_SHARE) groups.isBad[group] = 0;
};

export const addToGroup = (groups: HeaderGroups, group: number, isFailure: boolean): void => {
  const counts = isFailure ? groups.failures : groups.successes;
  counts[group] = counts[group] + 1;
  judge(groups, group);
};

export const isBadGroup = (groups: HeaderGroups, group: number): boolean => groups.isBad[group] === 1;

/** Once a second. */
export const fadeGroups = (groups: HeaderGroups): void => {
  for (const group of $range(0, GROUPS - 1)) {
    if (groups.failures[group] === 0 && groups.successes[group] === 0) continue;
    groups.failures[group] = groups.failures[group] * KEPT_A_SECOND;
    groups.successes[group] = groups.successes[group] * KEPT_A_SECOND;
    if (groups.isBad[group] === 1) judge(groups, group);
  }
};
