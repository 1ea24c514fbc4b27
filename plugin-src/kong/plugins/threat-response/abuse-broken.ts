import * as ffi from "ffi";
import { countBits } from "./bits.ts";

/**
 * Whether a route refuses those who have always come, as after a deploy that lost its pages: then being refused says nothing about a client. Of each route
 * this worker knows how the latest request of each of 32 groups of clients ended; a refusal counts when the client found something there an hour ago.
 */
const MAX_ROUTES = 1000;
const MIN_GROUPS = 6;
const BROKEN_SHARE = 0.5;

interface Ends {
  seen: number;
  refused: number;
}

let routes = new LuaTable<string, Ends>();
let size = 0;

const endsOf = (route: string): Ends => {
  const known = routes.get(route);
  if (known !== undefined) return known;
  if (size >= MAX_ROUTES) {
    routes = new LuaTable();
    size = 0;
  }
  const fresh: Ends = { seen: 0, refused: 0 };
  routes.set(route, fresh);
  size += 1;
  return fresh;
};

/** Clients of routes that have found something: since when, and when last. Who comes no more leaves his place. */
const PLACES = 4096;
const LONG_S = 3600;
const tags = ffi.new("int32_t[4096]");
const since = ffi.new("int32_t[4096]");
const last = ffi.new("int32_t[4096]");
const { floor } = math;

/** A client found what it asked for; `tag` is of client and route. */
export const noteFound = (route: string, tag: number, now: number): void => {
  const ends = endsOf(route);
  const bit = 1 << (tag & 31);
  ends.seen = ends.seen | bit;
  ends.refused = ends.refused & ~bit;
  const place = tag & (PLACES - 1);
  const second = floor(now);
  if (tags[place] !== tag) {
    if (second - last[place] < LONG_S) return;
    tags[place] = tag;
    since[place] = second;
  }
  last[place] = second;
};

/** A client was refused. */
export const noteRefused = (route: string, tag: number, now: number): void => {
  const place = tag & (PLACES - 1);
  if (tags[place] !== tag || now - since[place] < LONG_S) return;
  const ends = endsOf(route);
  ends.refused = ends.refused | (1 << (tag & 31));
};

export const isBroken = (route: string): boolean => {
  const ends = routes.get(route);
  if (ends === undefined) return false;
  const groups = countBits(ends.seen);
  return groups >= MIN_GROUPS && countBits(ends.refused) >= BROKEN_SHARE * groups;
};
