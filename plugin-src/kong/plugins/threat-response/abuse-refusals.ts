import * as ffi from "ffi";
import { countBits } from "./bits.ts";
import { counters } from "./counters.ts";

/**
 * What each client was refused of each route over two hours: who tries ids by chance, one every few seconds, is never quick enough for `abuse-walk.ts`.
 * A client's third refusal in a worker begins a record that all workers share; up to then, and for what it finds in between, there are 4,096
 * places in each worker.
 */
const PLACES = 4096;
const BEGINS_WITH = 3;
const SKETCH_BITS = 256;
const SIZE = 40;
const LASTS_S = 7200;
const MOST = 60_000;
/** Times `abuse.max_ids` distinct pages refused, hardly any twice, and most of all that was asked for. */
const FACTOR = 2;
const DISTINCT_SHARE = 0.7;
const REFUSED_SHARE = 0.6;
const { floor, log } = math;

interface Ledger {
  since: number;
  refused: number;
  found: number;
  sketch: ffi.Numbers;
}

const ledger = ffi.new("struct { uint32_t since; uint16_t refused, found; int32_t sketch[8]; }") as unknown as Ledger;
const bytes = ledger as unknown as ffi.Numbers;

const tags = ffi.new("int32_t[4096]");
const refusals = ffi.new("uint16_t[4096]");
const finds = ffi.new("uint16_t[4096]");

/** Of a client on a route: refused pages, how many requests they were, and those that were not refused. */
export interface Refusals {
  distinct: number;
  refused: number;
  found: number;
}

/** A request of a client was not refused; `tag` is of client and route. */
export const addFound = (tag: number): void => {
  const place = tag & (PLACES - 1);
  if (tags[place] === tag && finds[place] < MOST) finds[place] = finds[place] + 1;
};

/** Whether the client has a place here, and was refused often enough to be remembered. Who is refused often keeps its place. */
const isNoted = (tag: number, place: number): boolean => {
  if (tags[place] !== tag) {
    if (refusals[place] > 0) {
      refusals[place] = refusals[place] - 1;
      return false;
    }
    tags[place] = tag;
    finds[place] = 0;
  }
  refusals[place] = Math.min(MOST, refusals[place] + 1);
  return refusals[place] >= BEGINS_WITH;
};

const load = (key: string, now: number): void => {
  const [stored] = counters.get(key);
  if (stored !== undefined) ffi.copy(bytes, stored as string, SIZE);
  if (stored !== undefined && now - ledger.since < LASTS_S) return;
  ffi.fill(bytes, SIZE);
  ledger.since = now;
};

/** Linear counting. */
const countDistinct = (): number => {
  let bits = 0;
  for (const i of $range(0, SKETCH_BITS / 32 - 1)) bits += countBits(ledger.sketch[i]);
  return floor(SKETCH_BITS * log(SKETCH_BITS / Math.max(1, SKETCH_BITS - bits)) + 0.5);
};

/** A client was refused a page; nil while that is nothing to speak of. */
export const addRefusal = (tag: number, page: number, now: number): Refusals | undefined => {
  const place = tag & (PLACES - 1);
  if (!isNoted(tag, place)) return undefined;
  const key = `ae${tag}`;
  load(key, floor(now));
  ledger.refused = Math.min(MOST, ledger.refused + 1);
  ledger.found = Math.min(MOST, ledger.found + finds[place]);
  finds[place] = 0;
  const word = (page >>> 5) & 7;
  ledger.sketch[word] = ledger.sketch[word] | (1 << (page & 31));
  counters.set(key, ffi.string(bytes, SIZE), LASTS_S);
  return { distinct: countDistinct(), refused: ledger.refused, found: ledger.found };
};

/** Pure: whether a client tries what is not its own, however slowly. Clients with old lists ask for the same things again and again. */
export const isSlowEnumeration = (maxIds: number, { distinct, refused, found }: Refusals): boolean =>
  distinct >= FACTOR * maxIds && distinct >= DISTINCT_SHARE * refused && refused >= REFUSED_SHARE * (refused + found);
