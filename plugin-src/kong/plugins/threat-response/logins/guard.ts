import { counters } from "../counters.ts";
import { createGuardState, type GuardState, type LoginCounts, stepGuard } from "./guard-state.ts";
import { createGroups, fadeGroups, type HeaderGroups } from "./header-groups.ts";
import { createRegulars, fadeRegulars, type Regulars } from "./regulars.ts";

/**
 * The guard of each login route. Workers count for themselves and add up once a second in the dictionary; whoever comes first then takes the
 * step for all, and the others read what it came to. It outlives reloads.
 */
export interface RouteGuard {
  counts: LoginCounts;
  groups: HeaderGroups;
  regulars: Regulars;
  state: GuardState;
}

type Totals = LoginCounts & { at: number };

const MAX_ROUTES = 300;
const STEP_S = 0.95;
const STATE_MEMBERS = [
  "score",
  "hot",
  "failures",
  "addresses",
  "usual",
  "anchor",
  "seen",
  "age",
  "pressure",
  "attempts",
  "repeaters",
  "logins",
  "level",
  "since",
  "calm",
  "lacking",
] as (keyof GuardState)[];
const COUNT_MEMBERS = ["logins", "failures", "addresses", "repeaters", "stopped"] as (keyof LoginCounts)[];
const { concat } = table;

let guards = new LuaTable<string, RouteGuard>();
let size = 0;

const createCounts = (): LoginCounts => ({ logins: 0, failures: 0, addresses: 0, repeaters: 0, stopped: 0 });

const pack = (state: GuardState, totals: Totals): string => {
  const parts: string[] = [];
  for (const member of STATE_MEMBERS) parts.push(string.format("%.12g", state[member]));
  for (const member of COUNT_MEMBERS) parts.push(string.format("%d", totals[member]));
  parts.push(string.format("%.3f", totals.at));
  return concat(parts, " ");
};

/** What the dictionary has, into the tables given; false where it has nothing. */
const unpack = (route: string, state: GuardState, totals: Totals): boolean => {
  const [text] = counters.get(`Jg${route}`);
  if (text === undefined) return false;
  const next = string.gmatch(text as string, "%S+");
  const read = (): number => {
    const [part] = next();
    return tonumber(part) ?? 0;
  };
  for (const member of STATE_MEMBERS) state[member] = read();
  for (const member of COUNT_MEMBERS) totals[member] = read();
  totals.at = read();
  return true;
};

const createTotals = (): Totals => ({ logins: 0, failures: 0, addresses: 0, repeaters: 0, stopped: 0, at: 0 });

/** The guard of a route in this worker. */
export const guardOf = (route: string): RouteGuard => {
  const known = guards.get(route);
  if (known !== undefined) return known;
  if (size >= MAX_ROUTES) {
    guards = new LuaTable();
    size = 0;
  }
  const guard = {
    counts: createCounts(),
    groups: createGroups(),
    regulars: createRegulars(),
    state: createGuardState(),
  };
  unpack(route, guard.state, createTotals());
  guards.set(route, guard);
  size += 1;
  return guard;
};

const publish = (route: string, counts: LoginCounts): void => {
  for (const member of COUNT_MEMBERS) {
    const count = counts[member];
    if (count !== 0) counters.incr(`Jn${member}:${route}`, count, 0);
    counts[member] = 0;
  }
};

/** What all workers have counted since the totals before, which become those of now. */
const takeCounts = (route: string, totals: Totals): LoginCounts => {
  const counts = createCounts();
  for (const member of COUNT_MEMBERS) {
    const [total] = counters.get(`Jn${member}:${route}`);
    const value = (total as number | undefined) ?? 0;
    counts[member] = value - totals[member];
    totals[member] = value;
  }
  // The dictionary has forgotten: what is left says nothing.
  return counts.logins < 0 ? createCounts() : counts;
};

const step = (route: string, guard: RouteGuard, now: number): void => {
  const totals = createTotals();
  const isKnown = unpack(route, guard.state, totals);
  const [isFirst] = counters.add(`Jt${route}`, true, STEP_S);
  if (!isFirst) return;
  const elapsed = isKnown ? Math.max(0.1, now - totals.at) : 1;
  stepGuard(guard.state, takeCounts(route, totals), now, elapsed);
  totals.at = now;
  counters.set(`Jg${route}`, pack(guard.state, totals));
};

/** Once a second. */
export const tickGuards = (now: number): void => {
  for (const [route, guard] of guards) {
    publish(route, guard.counts);
    step(route, guard, now);
    fadeGroups(guard.groups);
    fadeRegulars(guard.regulars);
  }
};
