import {
  type Baseline,
  capacityFor,
  knownRate,
  learnSecond,
  limitFor,
  packBaseline,
  unpackBaseline,
} from "./baseline.ts";
import type { Config, Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { addDistinct, type Distinct } from "./distinct.ts";
import { beginFlood, type Flood, noteLull, steer } from "./flood-course.ts";
import { adoptTold } from "./learning/told-baselines.ts";
import { createRise, noteSecond, type Rise, roomFor } from "./rate-rise.ts";
import { clearCrowd, createCrowd, shareCrowd } from "./route-crowd.ts";
import { addAnswer, createHealth, judgeHealth, type RouteHealth } from "./route-health.ts";
import { addUp, grown } from "./worker-sums.ts";

/**
 * How many requests a second each route and each service gets, and usually gets. Workers count for themselves and add up in the dictionary
 * several times a second; each then sees the same rates and learns the same baseline, which outlives reloads.
 */
interface Rate {
  name: string;
  limits: Config["flood"];
  service: Rate | undefined;
  isLinked: boolean;
  /** Since the last tick, and since the last second. */
  count: number;
  clean: number;
  /** Sums of all workers as last read; negative before the first time. */
  seen: number;
  seenClean: number;
  /** Of all workers in the last second. */
  cleanRps: number;
  /** Of the last ticks, the latest last: of all workers, and of this one. */
  last: number[];
  own: number[];
  addresses: Distinct | undefined;
  health: RouteHealth;
  rise: Rise;
  baseline: Baseline;
  flood: Flood | undefined;
  /** Ticks in a row: single ones above the limit; the last second above it, or below it (negative). */
  sharp: number;
  streak: number;
}

/** Seconds between two looks. */
export const TICK_S = 0.2;
const TICKS = 5;
const MAX_RATES = 1000;
/** A busy second is no flood. A sharp rise is one after so many ticks, a small one after so many more; calm for so long, and it is over. */
const SHARP = 6;
const STEADY = 12;
const ENDS_AFTER = 50;
const SAVE_EVERY = 300;
const LINK_EVERY = 50;

let rates = new LuaTable<string, Rate>();
let list: Rate[] = [];
let ticks = 0;
let tickedAt = 0;

const readPacked = (name: string): string | undefined => {
  const [packed] = counters.get(`rb${name}`);
  return typeof packed === "string" ? packed : undefined;
};

const create = (instance: Instance, name: string): Rate => {
  if (list.length >= MAX_RATES) {
    rates = new LuaTable();
    list = [];
  }
  const rate: Rate = {
    name,
    limits: instance.config.flood,
    service: undefined,
    isLinked: false,
    count: 0,
    clean: 0,
    seen: -1,
    seenClean: -1,
    cleanRps: 0,
    last: [0, 0, 0, 0, 0],
    own: [0, 0, 0, 0, 0],
    addresses: undefined,
    health: createHealth(),
    rise: createRise(),
    baseline: unpackBaseline(readPacked(name)),
    flood: undefined,
    sharp: 0,
    streak: 0,
  };
  adoptTold(rate.baseline, name);
  rates.set(name, rate);
  list.push(rate);
  // That nothing comes without a route is worth knowing, too.
  if (rates.get("") === undefined) create(instance, "");
  return rate;
};

const link = (instance: Instance, route: Rate): void => {
  route.isLinked = true;
  const service = route.name === "" ? undefined : kong.router.get_service();
  const name = service === undefined ? "" : `s:${service.id}`;
  route.service = service === undefined ? undefined : (rates.get(name) ?? create(instance, name));
};

const addTo = (rate: Rate, limits: Config["flood"], address: string): void => {
  rate.limits = limits;
  rate.count += 1;
  rate.health.arrivals += 1;
  // How many share it matters from the first busy moment on.
  if (rate.addresses !== undefined) addDistinct(rate.addresses, address);
};

/** A request has arrived at a route, or has found none (""); the hot path of this file. */
export const addArrival = (instance: Instance, name: string, address: string): void => {
  const route = rates.get(name) ?? create(instance, name);
  if (!route.isLinked) link(instance, route);
  addTo(route, instance.config.flood, address);
  if (route.service !== undefined) addTo(route.service, instance.config.flood, address);
};

/** A request is over, and there was nothing suspicious about it: what the baseline is learned from. */
export const addClean = (name: string): void => {
  const route = rates.get(name);
  if (route === undefined) return;
  route.clean += 1;
  if (route.service !== undefined) route.service.clean += 1;
};

/** A request that was let pass has been answered: how long that took, and whether the service or what is in its place failed. */
export const addServed = (name: string, seconds: number, isFailure: boolean): void => {
  const route = rates.get(name);
  if (route === undefined) return;
  addAnswer(route.health, seconds, isFailure);
  if (route.service !== undefined) addAnswer(route.service.health, seconds, isFailure);
};

/** Requests beyond suspicion in the last second, over all workers. */
export const cleanRps = (name: string): number => rates.get(name)?.cleanRps ?? 0;

/** All that this worker knows of. */
export const knownRates = (): readonly { name: string; baseline: Baseline }[] => list;

/** The flood on a route, or on its service as a whole. */
export const floodOf = (name: string): Flood | undefined => {
  const route = rates.get(name);
  return route === undefined ? undefined : (route.flood ?? route.service?.flood);
};

const shift = (last: number[], latest: number): number => {
  let sum = latest;
  for (const i of $range(1, TICKS - 1)) {
    last[i - 1] = last[i];
    sum += last[i - 1];
  }
  last[TICKS - 1] = latest;
  return sum;
};

const begin = (rate: Rate, now: number, limit: number, rps: number): Flood => {
  const allowedRps = capacityFor(rate.baseline, now, limit);
  return beginFlood(now - rate.streak * TICK_S, limit, allowedRps, rps, rate.name !== "");
};

/** The rate from which it is a flood. What rises slowly has more room while the service answers as ever: people come one after the other. */
const limitOf = (rate: Rate, now: number): number | undefined => {
  const { route_factor, min_route_rps, enabled } = rate.limits;
  const limit = enabled ? limitFor(rate.baseline, now, route_factor, min_route_rps) : undefined;
  if (limit === undefined || rate.health.isHurt || rate.flood !== undefined) return limit;
  return roomFor(rate.rise, limit, Math.max(min_route_rps, route_factor * knownRate(rate.baseline, now)));
};

const judge = (rate: Rate, arrived: number, rps: number, elapsed: number, now: number): void => {
  const limit = limitOf(rate, now);
  const isAbove = limit !== undefined && rps > limit;
  rate.sharp = limit !== undefined && arrived > limit * elapsed ? rate.sharp + 1 : 0;
  // What comes in waves with little in between adds up to a flood; one that is calm begins to end at once.
  const kept = rate.flood === undefined ? STEADY : 0;
  rate.streak = isAbove ? Math.max(0, rate.streak) + 1 : Math.min(kept, rate.streak) - 1;
  if (rate.flood !== undefined) {
    noteLull(rate.flood, rps, isAbove, rate.name !== "");
    if (rate.streak <= -ENDS_AFTER) rate.flood = undefined;
  } else if (isAbove && (rate.sharp >= SHARP || rate.streak >= STEADY)) rate.flood = begin(rate, now, limit, rps);
  if (isAbove && rate.addresses === undefined) rate.addresses = createCrowd();
  else if (rate.flood === undefined && rate.streak < -TICKS) rate.addresses = undefined;
};

const noteRise = (rate: Rate, now: number): void => {
  const { route_factor, min_route_rps } = rate.limits;
  let rps = 0;
  for (const count of rate.last) rps += count;
  const limit = limitFor(rate.baseline, now, route_factor, min_route_rps);
  if (limit !== undefined) noteSecond(rate.rise, rps, limit);
};

const learn = (rate: Rate, now: number): void => {
  judgeHealth(rate.health, rate.flood === undefined && rate.streak <= TICKS);
  if (rate.flood !== undefined) rate.flood.isHurt = rate.health.isHurt;
  noteRise(rate, now);
  const sum = addUp(`rl${rate.name}`, rate.clean);
  rate.cleanRps = grown(rate.seenClean, sum);
  learnSecond(rate.baseline, rate.cleanRps, now, rate.flood !== undefined || rate.streak > TICKS);
  rate.seenClean = sum;
  rate.clean = 0;
  if (rate.addresses === undefined) return;
  const sources = shareCrowd(rate.name, rate.addresses);
  if (rate.flood !== undefined) rate.flood.sources = Math.max(sources, rate.flood.sources * 0.9);
  if (ticks % LINK_EVERY === 0) clearCrowd(rate.addresses);
};

const tickRate = (rate: Rate, elapsed: number, now: number): void => {
  const sum = addUp(`ra${rate.name}`, rate.count);
  const arrived = grown(rate.seen, sum);
  rate.seen = sum;
  const all = shift(rate.last, arrived);
  judge(rate, arrived, all / (TICKS * elapsed), elapsed, now);
  // Over a second: workers do not tell of the same burst in the same tick.
  const own = shift(rate.own, rate.count);
  const scale = own > 0 ? all / own / elapsed : 0;
  if (rate.flood !== undefined) steer(rate.flood, scale, rate.name !== "");
  rate.count = 0;
};

const refresh = (rate: Rate): void => {
  rate.isLinked = false;
  adoptTold(rate.baseline, rate.name);
};

/** Several times a second. */
export const tickRates = (now: number): void => {
  // A worker that was held up must not mistake what waited for a flood.
  const elapsed = Math.max(TICK_S, now - tickedAt);
  tickedAt = now;
  ticks += 1;
  for (const i of $range(1, list.length)) {
    const rate = list[i - 1];
    tickRate(rate, elapsed, now);
    if (ticks % TICKS === 0) learn(rate, now);
    if (ticks % LINK_EVERY === 0) refresh(rate);
    if (ticks % SAVE_EVERY === i % SAVE_EVERY) counters.set(`rb${rate.name}`, packBaseline(rate.baseline));
  }
};
