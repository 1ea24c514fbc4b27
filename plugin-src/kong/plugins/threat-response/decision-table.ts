import * as ffi from "ffi";
import { type AddressKey, hashKey, IPV6, TAG, TAGS } from "./decision-key.ts";

/**
 * A feed as a worker looks addresses up in it: its text, and a hash table from addresses and ranges to the places of their lines. Both lie
 * outside of what the garbage collector goes through, so 50,000 decisions cost it nothing; a table is filled again and again.
 */
export interface DecisionTable {
  bytes: ffi.Numbers;
  capacity: number;
  length: number;
  /** Pairs of hash and place; no line lies at 0, where the feed has its head. At most half of them are taken. */
  slots: ffi.Numbers;
  slotCount: number;
  /** Which tags occur. */
  seen: ffi.Numbers;
  /** Tags of ranges that occur, longest first. */
  ranges4: number[];
  ranges6: number[];
  count: number;
  /** Epoch seconds at which the last decision ends. */
  latest: number;
  generation: number;
  gateway: string;
  epoch: number;
  sequence: number;
}

const SMALLEST_TEXT = 4096;
/** Behind the text, so that the last piece of it can be as long as the others (`decision-pieces.ts`). */
const SPARE_BYTES = 4096;
const SMALLEST_SLOTS = 16;
/** Room is kept while it is at most this many times what is needed. */
const SPACIOUS = 8;
/** Only hundreds of decisions about one address make a search longer. */
const MOST_PROBES = 1024;

export function createTable(): DecisionTable {
  return {
    bytes: ffi.new("uint8_t[?]", SMALLEST_TEXT),
    capacity: SMALLEST_TEXT,
    length: 0,
    slots: ffi.new("int32_t[?]", SMALLEST_SLOTS * 2),
    slotCount: SMALLEST_SLOTS,
    seen: ffi.new("uint8_t[?]", TAGS),
    ranges4: [],
    ranges6: [],
    count: 0,
    latest: 0,
    generation: 0,
    gateway: "",
    epoch: 0,
    sequence: 0,
  };
}

function sizeFor(smallest: number, needed: number): number {
  let size = smallest;
  while (size < needed) {
    size *= 2;
  }
  return size;
}

/** Makes room for a text of `length` bytes. */
export function clearText(table: DecisionTable, length: number): void {
  const size = sizeFor(SMALLEST_TEXT, length + SPARE_BYTES);
  if (table.capacity < size || table.capacity > size * SPACIOUS) {
    table.bytes = ffi.new("uint8_t[?]", size);
    table.capacity = size;
  }
  table.length = 0;
}

export function appendText(table: DecisionTable, text: string): void {
  ffi.copy(advance(table.bytes, table.length), text, text.length);
  table.length += text.length;
}

export function textAt(table: DecisionTable, from: number, length: number): string {
  return ffi.string(advance(table.bytes, from), length);
}

/** Makes room for up to `count` decisions, and forgets those there are. */
export function clearDecisions(table: DecisionTable, count: number): void {
  const size = sizeFor(SMALLEST_SLOTS, count * 2);
  if (table.slotCount < size || table.slotCount > size * SPACIOUS) {
    table.slots = ffi.new("int32_t[?]", size * 2);
    table.slotCount = size;
  } else {
    ffi.fill(table.slots, table.slotCount * 8);
  }
  ffi.fill(table.seen, TAGS);
  table.count = 0;
  table.latest = 0;
}

/** False when there are too many about this address. */
export function addDecision(table: DecisionTable, key: AddressKey, expires: number, place: number): boolean {
  const { slots } = table;
  const last = table.slotCount - 1;
  const hash = hashKey(key);
  let slot = hash & last;
  let probes = 1;
  while (slots[slot * 2 + 1] !== 0) {
    if (probes === MOST_PROBES) {
      return false;
    }
    probes += 1;
    slot = (slot + 1) & last;
  }
  slots[slot * 2] = hash;
  slots[slot * 2 + 1] = place;
  table.seen[key[TAG]] = 1;
  table.count += 1;
  table.latest = Math.max(table.latest, expires);
  return true;
}

function listSeen(table: DecisionTable, longest: number, shortest: number): number[] {
  const tags: number[] = [];
  for (const tag of $range(longest, shortest, -1)) {
    if (table.seen[tag] === 1) {
      tags.push(tag);
    }
  }
  return tags;
}

/** After the last decision. */
export function finishTable(table: DecisionTable): void {
  table.ranges4 = listSeen(table, 31, 0);
  table.ranges6 = listSeen(table, IPV6 + 127, IPV6);
}

let searched = 0;
let searchSlot = 0;

/** The next place with the hash that was looked for last, 0 when there is no more: whether the line there is about the key is for the caller to see. */
function nextPlace(table: DecisionTable): number {
  const { slots } = table;
  const last = table.slotCount - 1;
  while (true) {
    const place = slots[searchSlot * 2 + 1];
    const isHit = slots[searchSlot * 2] === searched;
    searchSlot = (searchSlot + 1) & last;
    if (place === 0 || isHit) {
      return place;
    }
  }
}

/** Whether the search ends at this slot without a hit. */
function isEnd(slots: ffi.Numbers, slot: number): boolean {
  return slots[slot * 2 + 1] === 0;
}

function isHit(slots: ffi.Numbers, slot: number): boolean {
  return slots[slot * 2] === searched;
}

/** Most searches end here at the first three slots: LuaJIT gives up on a loop that usually ends at once. */
export function firstPlace(table: DecisionTable, key: AddressKey): number {
  const { slots } = table;
  const last = table.slotCount - 1;
  searched = hashKey(key);
  searchSlot = searched & last;
  if (isEnd(slots, searchSlot)) {
    return 0;
  }
  if (!isHit(slots, searchSlot)) {
    searchSlot = (searchSlot + 1) & last;
    if (isEnd(slots, searchSlot)) {
      return 0;
    }
    if (!isHit(slots, searchSlot)) {
      searchSlot = (searchSlot + 1) & last;
      if (isEnd(slots, searchSlot)) {
        return 0;
      }
    }
  }
  return nextPlace(table);
}

export { nextPlace };
