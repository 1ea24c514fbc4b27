import * as ffi from "ffi";
import { NO_ID, readId, UNNUMBERED } from "./abuse-ids.ts";
import { countBits } from "./bits.ts";
import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { isBelieved } from "./crowd.ts";
import { hashText } from "./distinct.ts";
import type { Facts } from "./features/facts.ts";

/**
 * What each client fetches of each route in a minute, in 8,192 slots however many clients there are: distinct pages, ids among them, how many of
 * those were refused or lie next to each other, and how many different users are behind the client. Who comes often keeps its
 * slot. Workers add up every 16 distinct pages.
 */
const SLOTS = 8192;
const SKETCH_BYTES = 32;
const SKETCH_BITS = 256;
const SHARED_EVERY = 16;
const KEEP_S = 120;
/** Ids that lie so close were counted up; several workers see only some of them. */
const NEXT_TO = 8;
/** Who fetches fewer distinct pages in a minute is not looked at closely. */
const LOOKED_FROM = 5;
const USER_BITS = 32;
const COUNTLESS = 1000;
const { log, floor } = math;

const tags = ffi.new("int32_t[8192]");
const minutes = ffi.new("int32_t[8192]");
const counts = ffi.new("uint16_t[8192]");
const fresh = ffi.new("uint16_t[8192]");
const shared = ffi.new("uint16_t[8192]");
const totals = ffi.new("uint16_t[8192]");
const looked = ffi.new("uint16_t[8192]");
const ids = ffi.new("uint16_t[8192]");
const denied = ffi.new("uint16_t[8192]");
const steps = ffi.new("uint16_t[8192]");
const busy = ffi.new("uint16_t[8192]");
const agents = ffi.new("int32_t[8192]");
const lasts = ffi.new("double[8192]");
const sketches = ffi.new("uint8_t[?]", SLOTS * SKETCH_BYTES);

/** What one client does on one route in this minute. */
export interface Walk {
  /** Distinct pages, over all workers in steps of 16. */
  pages: number;
  /** Shares of requests in this worker. */
  ids: number;
  denied: number;
  steps: number;
  /** Requests this was judged by. */
  seen: number;
  /** Minutes in a row with many pages before this one. */
  busyMinutes: number;
  /** Of an address those agents and credentials that can be believed, of a consumer its addresses: 1 to 110, or 1,000 for more. */
  users: number;
}

const rotate = (word: number): number => (word << 7) | (word >>> 25);

/** Ids of routes are long, and few. */
const MAX_ROUTES = 1000;
let routeWords = new LuaTable<string, number>();
let routeCount = 0;

const wordOfRoute = (route: string): number => {
  const known = routeWords.get(route);
  if (known !== undefined) return known;
  if (routeCount >= MAX_ROUTES) {
    routeWords = new LuaTable();
    routeCount = 0;
  }
  const word = rotate(hashText(route));
  routeWords.set(route, word);
  routeCount += 1;
  return word;
};

/** A request that is over; its table is used again and again. */
export interface Visit {
  /** An address, or the consumer whose credential it is. */
  client: string;
  route: string;
  path: string;
  query: string | undefined;
  /** What tells those apart who share the client, as far as there is any. */
  userAgent: string | undefined;
  user: string | undefined;
  /** Whether these can be believed: who is refused may make up another agent and another credential for each request. */
  isTrueUser: boolean;
  isDenied: boolean;
  /** Of client and route together. */
  tag: number;
  /** The request, where the client is an address. */
  instance: Instance | undefined;
  facts: Facts | undefined;
}

const clear = (slot: number, minute: number): void => {
  minutes[slot] = minute;
  counts[slot] = 0;
  fresh[slot] = 0;
  shared[slot] = 0;
  totals[slot] = 0;
  looked[slot] = 0;
  ids[slot] = 0;
  denied[slot] = 0;
  steps[slot] = 0;
  agents[slot] = 0;
  ffi.fill(advance(sketches, slot * SKETCH_BYTES), SKETCH_BYTES);
};

/** Linear counting. Where all bits are set there are more than could be told. */
const usersOf = (slot: number): number => {
  const bits = countBits(agents[slot]);
  if (bits >= USER_BITS - 1) return COUNTLESS;
  return Math.max(1, floor(USER_BITS * log(USER_BITS / (USER_BITS - bits)) + 0.5));
};

/** Linear counting: of many pages some fall into the same place of the sketch. */
const ownPages = (slot: number): number => {
  const own = fresh[slot];
  return own >= SKETCH_BITS ? 1500 : floor(SKETCH_BITS * log(SKETCH_BITS / (SKETCH_BITS - own)) + 0.5);
};

const pagesOf = (slot: number): number => Math.max(ownPages(slot), totals[slot]);

/** The client's slot, or nil while another busy one has it. */
const findSlot = (tag: number, minute: number, manyPages: number): number | undefined => {
  const slot = tag & (SLOTS - 1);
  if (tags[slot] !== tag) {
    if (minutes[slot] === minute && counts[slot] > 1) {
      counts[slot] = counts[slot] - 1;
      return undefined;
    }
    tags[slot] = tag;
    busy[slot] = 0;
    clear(slot, minute);
  } else if (minutes[slot] !== minute) {
    const wasBusy = minutes[slot] === minute - 1 && pagesOf(slot) >= manyPages * usersOf(slot);
    busy[slot] = wasBusy ? busy[slot] + 1 : 0;
    clear(slot, minute);
  }
  return slot;
};

const addPage = (slot: number, tag: number, minute: number, hash: number): void => {
  const place = slot * SKETCH_BYTES + ((hash >>> 3) & 31);
  const bit = 1 << (hash & 7);
  if ((sketches[place] & bit) !== 0) return;
  sketches[place] = sketches[place] | bit;
  fresh[slot] = fresh[slot] + 1;
  const more = ownPages(slot) - shared[slot];
  if (more < SHARED_EVERY) return;
  shared[slot] = shared[slot] + more;
  const [total] = counters.incr(`w${tag}:${minute}`, more, 0, KEEP_S);
  totals[slot] = Math.min(60_000, total ?? 0);
};

const addId = (slot: number, visit: Visit): void => {
  looked[slot] = looked[slot] + 1;
  const id = readId(visit.path, visit.query);
  if (id === NO_ID) return;
  ids[slot] = ids[slot] + 1;
  if (visit.isDenied) denied[slot] = denied[slot] + 1;
  if (id === UNNUMBERED) return;
  const distance = Math.abs(id - lasts[slot]);
  if (distance > 0 && distance <= NEXT_TO) steps[slot] = steps[slot] + 1;
  lasts[slot] = id;
};

const addUser = (slot: number, { userAgent, user }: Visit): void => {
  const agent = hashText(userAgent ?? "") ^ (user === undefined ? 0 : rotate(hashText(user)));
  agents[slot] = agents[slot] | (1 << (agent & 31));
};

/** Behind an address only those count of whom more is known than what they say. */
const isTold = ({ instance, facts }: Visit): boolean =>
  instance === undefined || facts === undefined || isBelieved(instance, facts);

const describe = (slot: number): Walk => ({
  pages: pagesOf(slot),
  ids: ids[slot] / looked[slot],
  denied: ids[slot] > 0 ? denied[slot] / ids[slot] : 0,
  steps: ids[slot] > 0 ? steps[slot] / ids[slot] : 0,
  seen: counts[slot],
  busyMinutes: busy[slot],
  users: usersOf(slot),
});

/** What a client has done on a route in this minute; nil for most, who do not come far enough to be judged. */
export const addVisit = (visit: Visit, manyPages: number, now: number): Walk | undefined => {
  const minute = floor(now / 60);
  const tag = hashText(visit.client) ^ wordOfRoute(visit.route);
  visit.tag = tag;
  const slot = findSlot(tag, minute, manyPages);
  if (slot === undefined || counts[slot] >= 60_000) return undefined;
  counts[slot] = counts[slot] + 1;
  const page = hashText(visit.path) ^ (visit.query === undefined ? 0 : rotate(hashText(visit.query)));
  addPage(slot, tag, minute, page);
  if (fresh[slot] < LOOKED_FROM) return undefined;
  if (visit.isTrueUser && isTold(visit)) addUser(slot, visit);
  addId(slot, visit);
  return fresh[slot] < SHARED_EVERY ? undefined : describe(slot);
};
