import type { Config, Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { addDistinct, clearDistinct, countDistinct, createDistinct, type Distinct } from "./distinct.ts";

/**
 * How many requests a second each route gets, and usually gets. Workers count for themselves and add up once a second in the dictionary;
 * each then sees the same rates and learns the same baseline, which outlives reloads.
 */
export interface Flood {
  /** Epoch seconds. */
  since: number;
  /** Rate from which it counts as a flood. */
  allowedRps: number;
  /** Distinct addresses on the route in the last second, as this worker sees them. */
  sources: number;
}

export interface Baseline {
  rps: number;
  /** Seconds it was learned from. */
  seconds: number;
}

interface Route {
  limits: Config["flood"];
  count: number;
  addresses: Distinct;
  baseline: Baseline;
  flood: Flood | undefined;
  /** Seconds in a row above the limit, or below it (negative). */
  streak: number;
}

const MAX_ROUTES = 1000;
const MEMORY_S = 600;
/** A flood that goes on for hours is the new normal in the end. */
const MEMORY_IN_FLOOD_S = 7200;
const WARM_UP_S = 10;
const KEEP_S = 30;
/** One busy second is no flood, and one calm second is not its end. */
const BEGINS_AFTER_S = 2;
const ENDS_AFTER_S = 10;
const SAVE_EVERY_S = 10;

let routes = new LuaTable<string, Route>();
let size = 0;

/** Pure: the baseline after one more second. A plain mean first, then a slowly forgetting one. */
export const learn = (baseline: Baseline, rps: number, isFlooded: boolean): Baseline => {
  const memory = isFlooded ? MEMORY_IN_FLOOD_S : Math.min(MEMORY_S, baseline.seconds + 1);
  return { rps: baseline.rps + (rps - baseline.rps) / memory, seconds: baseline.seconds + 1 };
};

/** Pure: the rate from which a route counts as flooded; nil while too little is known of it. */
export const limitFor = (baseline: Baseline, factor: number, least: number): number | undefined =>
  baseline.seconds < WARM_UP_S ? undefined : Math.max(least, baseline.rps * factor);

export const floodOf = (route: string): Flood | undefined => routes.get(route)?.flood;

const readBaseline = (route: string): Baseline => {
  const [rps] = counters.get(`rb${route}`);
  const [seconds] = counters.get(`rn${route}`);
  return { rps: (rps as number | undefined) ?? 0, seconds: (seconds as number | undefined) ?? 0 };
};

const create = (instance: Instance, name: string): Route => {
  if (size >= MAX_ROUTES) {
    routes = new LuaTable();
    size = 0;
  }
  const route: Route = {
    limits: instance.config.flood,
    count: 0,
    addresses: createDistinct(),
    baseline: readBaseline(name),
    flood: undefined,
    streak: 0,
  };
  routes.set(name, route);
  size += 1;
  return route;
};

/** A request has arrived at a route; the hot path of this file. */
export const addArrival = (instance: Instance, name: string, address: string): void => {
  const route = routes.get(name) ?? create(instance, name);
  route.limits = instance.config.flood;
  route.count += 1;
  // How many share the route matters from its first busy second on.
  if (route.streak > 0) addDistinct(route.addresses, address);
};

const publish = (name: string, second: number, count: number): void => {
  if (count > 0) counters.incr(`rc${second}:${name}`, count, 0, KEEP_S);
};

const readTotal = (name: string, second: number): number => {
  const [total] = counters.get(`rc${second}:${name}`);
  return (total as number | undefined) ?? 0;
};

const judge = (route: Route, rps: number, now: number): void => {
  const { route_factor, min_route_rps } = route.limits;
  const limit = limitFor(route.baseline, route_factor, min_route_rps);
  const isAbove = limit !== undefined && rps > limit;
  if (isAbove) route.streak = Math.max(0, route.streak) + 1;
  else route.streak = Math.min(0, route.streak) - 1;
  if (isAbove && (route.flood !== undefined || route.streak >= BEGINS_AFTER_S)) {
    const since = route.flood?.since ?? now - BEGINS_AFTER_S;
    route.flood = { since, allowedRps: limit, sources: countDistinct(route.addresses) };
  } else if (route.streak <= -ENDS_AFTER_S) route.flood = undefined;
};

const save = (name: string, baseline: Baseline): void => {
  counters.set(`rb${name}`, baseline.rps);
  counters.set(`rn${name}`, baseline.seconds);
};

/** Once a second. The second before this one is judged: by now all workers have published it. */
export const tickRates = (now: number): void => {
  const second = math.floor(now);
  for (const [name, route] of routes) {
    publish(name, second, route.count);
    const rps = readTotal(name, second - 1);
    judge(route, rps, now);
    route.baseline = learn(route.baseline, rps, route.flood !== undefined);
    if (second % SAVE_EVERY_S === 0) save(name, route.baseline);
    if (route.streak > 0) clearDistinct(route.addresses);
    route.count = 0;
  }
};
