import * as ffi from "ffi";
import type { Instance } from "../configure.ts";
import { MAX_REQUESTS } from "../contract/learning.ts";
import { counters } from "../counters.ts";

/**
 * How payloads of trusted clients score on each route: a histogram per route and worker, added up in the shared dictionary. One client counts
 * with a few requests only, so that nobody's traffic drowns the others'.
 */
export interface RouteScores {
  id: string;
  /** Whose configuration the route has. */
  instance: Instance;
  /** Counts since the last flush, in steps of 5 from 0. */
  buckets: ffi.CData;
  fresh: number;
  /** Enough is known. */
  isFull: boolean;
}

export const BUCKETS = 21;
const STEP = 5;
const MAX_ROUTES = 200;
const SLOTS = 8192;
const PER_CLIENT = 20;
const { byte } = string;
const { floor } = math;

let routes = new LuaTable<string, RouteScores>();
let size = 0;
/** Which client a slot belongs to on which route, and how many of its requests have been counted. */
const owners = ffi.new("int32_t[8192]");
const counted = ffi.new("uint8_t[8192]");

const hashOf = (route: string, client: string): number => {
  let hash = 5381;
  for (const i of $range(1, route.length)) hash = (hash * 33 + byte(route, i)) % 2_147_483_629;
  for (const i of $range(1, client.length)) hash = (hash * 33 + byte(client, i)) % 2_147_483_629;
  return hash;
};

export const scoresOf = (instance: Instance, route: string): RouteScores => {
  const known = routes.get(route);
  if (known !== undefined) {
    known.instance = instance;
    return known;
  }
  if (size >= MAX_ROUTES) {
    routes = new LuaTable();
    size = 0;
  }
  const buckets = ffi.new("uint32_t[21]");
  const created = { id: route, instance, buckets, fresh: 0, isFull: totalOf(route) >= MAX_REQUESTS };
  routes.set(route, created);
  size += 1;
  return created;
};

/** How many requests of this client have been counted on the route. */
export const countedOf = (route: string, client: string): number => {
  const hash = hashOf(route, client);
  return owners[hash % SLOTS] === hash ? counted[hash % SLOTS] : 0;
};

export const isSpent = (count: number): boolean => count >= PER_CLIENT;

/** Counts one request of a client that may teach. */
export const addScore = (scores: RouteScores, client: string, score: number): void => {
  const hash = hashOf(scores.id, client);
  const slot = hash % SLOTS;
  if (owners[slot] !== hash) {
    owners[slot] = hash;
    counted[slot] = 0;
  }
  if (counted[slot] >= PER_CLIENT) return;
  counted[slot] += 1;
  scores.buckets[floor(score / STEP)] += 1;
  scores.fresh += 1;
};

const totalKey = (route: string): string => `lq${route}`;

/** Requests of the route that count, of all workers. */
export function totalOf(route: string): number {
  const [total] = counters.get(totalKey(route));
  return (total as number | undefined) ?? 0;
}

/** The routes with new counts, which are then taken as told; totals have been brought up to date. */
export const takeScores = (): { route_id: string; buckets: number[]; instance: Instance }[] => {
  const taken: { route_id: string; buckets: number[]; instance: Instance }[] = [];
  for (const [id, scores] of routes) {
    if (scores.fresh > 0 && taken.length < 100) {
      const [total] = counters.incr(totalKey(id), scores.fresh, 0);
      const buckets: number[] = [];
      for (const i of $range(0, BUCKETS - 1)) {
        buckets.push(scores.buckets[i]);
        scores.buckets[i] = 0;
      }
      scores.fresh = 0;
      scores.isFull = (total ?? 0) >= MAX_REQUESTS;
      taken.push({ route_id: id, buckets, instance: scores.instance });
    }
  }
  return taken;
};
