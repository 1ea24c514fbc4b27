import * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { judgeLeaf } from "./leaf.ts";
import { fieldOf, type Place } from "./pair.ts";

/**
 * Parameters of one name, of which some back ends make one value with commas in between. An attack that is cut into several
 * is whole only there.
 */
const MOST = 64;
const nameFrom = ffi.new("int32_t[?]", MOST);
const nameTo = ffi.new("int32_t[?]", MOST);
const valueTo = ffi.new("int32_t[?]", MOST);
/** 1 for a value that is not clean, 2 once it was judged together with others. */
const state = ffi.new("uint8_t[?]", MOST);
let kept = 0;
let dirty = 0;

export function startRepeated(): void {
  kept = 0;
  dirty = 0;
}

/** Keeps the place of a pair; of very many, of the first ones. */
export function keepPair(from: number, equals: number, to: number, isDirty: boolean): void {
  if (kept === MOST) return;
  nameFrom[kept] = from;
  nameTo[kept] = equals;
  valueTo[kept] = to;
  state[kept] = isDirty ? 1 : 0;
  kept++;
  if (isDirty) dirty++;
}

function isSameName(bytes: ffi.Numbers, a: number, b: number): boolean {
  const length = nameTo[a] - nameFrom[a];
  if (nameTo[b] - nameFrom[b] !== length) return false;
  for (const i of $range(0, length - 1)) {
    if (bytes[nameFrom[a] + i] !== bytes[nameFrom[b] + i]) return false;
  }
  return true;
}

function readValue(bytes: ffi.Numbers, pair: number): string {
  return ffi.string(advance(bytes, nameTo[pair] + 1), valueTo[pair] - nameTo[pair] - 1);
}

/** The values of all pairs with the name of `first`, joined; nil where it is the only one. */
function joinValues(bytes: ffi.Numbers, first: number): string | undefined {
  let joined = "";
  let count = 0;
  for (const pair of $range(0, kept - 1)) {
    if (isSameName(bytes, first, pair)) {
      joined = count === 0 ? readValue(bytes, pair) : `${joined},${readValue(bytes, pair)}`;
      state[pair] = 2;
      count++;
    }
  }
  return count > 1 ? joined : undefined;
}

/** Judges values of one name together, where at least one is not clean. */
export function judgeRepeated(bytes: ffi.Numbers, place: Place): PayloadFinding | undefined {
  if (dirty === 0 || kept < 2) return undefined;
  let best: PayloadFinding | undefined;
  for (const pair of $range(0, kept - 1)) {
    const joined = state[pair] === 1 ? joinValues(bytes, pair) : undefined;
    if (joined !== undefined) {
      const field = fieldOf(bytes, nameFrom[pair], nameTo[pair], place);
      const text = ffi.cast("const uint8_t *", joined);
      best = stronger(best, judgeLeaf(text, 0, joined.length, place.encoding, place.at, field));
    }
  }
  return best;
}
