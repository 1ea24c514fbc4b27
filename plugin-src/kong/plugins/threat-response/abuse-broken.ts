import { countBits } from "./bits.ts";

/**
 * Whether a route refuses those who have always come, as after a deploy that lost its pages: then being refused says nothing about a client. Of each route
 * this worker knows how the latest request of each of 32 groups of clients ended.
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

/** A request has ended well, or one of a client that has long been known was refused. */
export const noteEnd = (route: string, tag: number, isRefused: boolean): void => {
  const ends = endsOf(route);
  const bit = 1 << (tag & 31);
  ends.seen = ends.seen | bit;
  ends.refused = isRefused ? ends.refused | bit : ends.refused & ~bit;
};

export const isBroken = (route: string): boolean => {
  const ends = routes.get(route);
  if (ends === undefined) return false;
  const groups = countBits(ends.seen);
  return groups >= MIN_GROUPS && countBits(ends.refused) >= BROKEN_SHARE * groups;
};
