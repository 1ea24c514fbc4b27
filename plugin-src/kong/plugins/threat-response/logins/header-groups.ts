import * as ffi from "ffi";
import { counters } from "../counters.ts";
import type { Facts } from "../features/facts.ts";
import { hashText } from "../stable-hash.ts";

/**
 * Logins by what their headers look like: whoever runs a tool behind a thousand addresses sends the same headers from all of them. Each worker
 * counts for itself, in 256 groups for a route, and forgets within a minute.
 *
 * Where users fail at the very addresses from which they always got in, no password was guessed: an app's release is broken, or nobody gets in at all.
 * Then strangers' failures with the same headers are explained, up to some for each such user; those with other headers, where it happens on the route as
 * a whole.
 */
export interface HeaderGroups {
  failures: ffi.Numbers;
  successes: ffi.Numbers;
  isBad: ffi.Numbers;
  /** Of users who got in from there before. */
  regularFailures: ffi.Numbers;
  regularSuccesses: ffi.Numbers;
}

const GROUPS = 256;
/** One more for all of the route: what happens there is remembered for longer, since logins may be rare. */
const ALL = 256;
const KEPT_A_SECOND = 0.98;
const KEPT_OF_ALL = 0.995;
const MIN_FAILURES = 20;
const BAD_SHARE = 0.85;
/** Once bad, a group stays so until it is nearly forgotten: then a few pass, and show whether it still is. */
const FORGOTTEN = 4;
const GOOD_SHARE = 0.6;
/** Typing errors alone never make so many, nor such a share. */
const MIN_REGULARS = 3;
const REGULAR_SHARE = 0.2;
/** Strangers' failures that one user's explains, who counts once in ten minutes: accounts of one's own would have to be very many. */
const EXPLAINS = 6;
const COUNTED_ONCE_S = 600;

export const createGroups = (): HeaderGroups => ({
  failures: ffi.new("float[257]"),
  successes: ffi.new("float[257]"),
  isBad: ffi.new("uint8_t[257]"),
  regularFailures: ffi.new("float[257]"),
  regularSuccesses: ffi.new("float[257]"),
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

const add = (counts: ffi.Numbers, group: number): void => {
  counts[group] = counts[group] + 1;
  counts[ALL] = counts[ALL] + 1;
};

export const addToGroup = (groups: HeaderGroups, group: number, isFailure: boolean): void => {
  const counts = isFailure ? groups.failures : groups.successes;
  add(counts, group);
  judge(groups, group);
};

/** A user known at his address logs in. */
export const addRegular = (
  groups: HeaderGroups,
  group: number,
  route: string,
  user: string,
  isFailure: boolean,
): void => {
  if (!isFailure) {
    add(groups.regularSuccesses, group);
    return;
  }
  const [first, second] = hashText(`${route} ${user}`);
  const [isNew] = counters.add(string.format("lf%08x%08x", first, second), true, COUNTED_ONCE_S);
  if (isNew) add(groups.regularFailures, group);
};

const explainedIn = (groups: HeaderGroups, group: number): number => {
  const failing = groups.regularFailures[group];
  if (failing < MIN_REGULARS || failing < REGULAR_SHARE * (failing + groups.regularSuccesses[group])) return 0;
  return Math.min(1, (EXPLAINS * failing) / Math.max(1, groups.failures[group]));
};

/** The share of a group's strangers' failures that is explained by what happens to regulars. */
export const explainedShare = (groups: HeaderGroups, group: number): number =>
  Math.max(explainedIn(groups, group), explainedIn(groups, ALL));

export const isBadGroup = (groups: HeaderGroups, group: number): boolean => groups.isBad[group] === 1;

const fade = (counts: ffi.Numbers, group: number): void => {
  counts[group] = counts[group] * (group === ALL ? KEPT_OF_ALL : KEPT_A_SECOND);
};

const isEmpty = (groups: HeaderGroups, group: number): boolean =>
  groups.failures[group] === 0 &&
  groups.successes[group] === 0 &&
  groups.regularFailures[group] === 0 &&
  groups.regularSuccesses[group] === 0;

/** Once a second. */
export const fadeGroups = (groups: HeaderGroups): void => {
  for (const group of $range(0, ALL)) {
    if (isEmpty(groups, group)) continue;
    fade(groups.failures, group);
    fade(groups.successes, group);
    fade(groups.regularFailures, group);
    fade(groups.regularSuccesses, group);
    if (groups.isBad[group] === 1) judge(groups, group);
  }
};
