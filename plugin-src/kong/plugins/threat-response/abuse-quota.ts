import * as ffi from "ffi";
import { counters } from "./counters.ts";
import { hashText } from "./distinct.ts";

/** What each authenticated consumer usually asks for in a minute, in 4,096 slots. Workers add up every 32 requests. */
const SLOTS = 4096;
const SHARED_EVERY = 32;
const KEEP_S = 120;
const LEARNED_MINUTES = 10;
const MEMORY_MINUTES = 120;
/** A minute counts as this many times the usual at most, so that nobody gets used to more in a hurry. */
const MOST_GROWTH = 2;

const tags = ffi.new("int32_t[4096]");
const minutes = ffi.new("int32_t[4096]");
const counts = ffi.new("int32_t[4096]");
const shared = ffi.new("int32_t[4096]");
const totals = ffi.new("int32_t[4096]");
const learned = ffi.new("int32_t[4096]");
const usuals = ffi.new("float[4096]");

const close = (slot: number): void => {
  const total = Math.max(counts[slot], totals[slot]);
  const known = learned[slot];
  const bounded = known < LEARNED_MINUTES ? total : Math.min(total, MOST_GROWTH * Math.max(1, usuals[slot]));
  learned[slot] = Math.min(MEMORY_MINUTES, known + 1);
  usuals[slot] = usuals[slot] + (bounded - usuals[slot]) / learned[slot];
};

const begin = (slot: number, minute: number): void => {
  minutes[slot] = minute;
  counts[slot] = 0;
  shared[slot] = 0;
  totals[slot] = 0;
};

const findSlot = (tag: number, minute: number): number => {
  const slot = tag & (SLOTS - 1);
  if (tags[slot] !== tag) {
    tags[slot] = tag;
    learned[slot] = 0;
    usuals[slot] = 0;
    begin(slot, minute);
  } else if (minutes[slot] !== minute) {
    close(slot);
    begin(slot, minute);
  }
  return slot;
};

/** A consumer's request is over: how many times its usual number of a minute it has reached; 0 while that is not known. */
export const addUse = (consumer: string, least: number, now: number): number => {
  const tag = hashText(consumer);
  const minute = math.floor(now / 60);
  const slot = findSlot(tag, minute);
  counts[slot] = counts[slot] + 1;
  if (counts[slot] - shared[slot] >= SHARED_EVERY) {
    const [total] = counters.incr(`u${tag}:${minute}`, counts[slot] - shared[slot], 0, KEEP_S);
    shared[slot] = counts[slot];
    totals[slot] = total ?? 0;
  }
  const total = Math.max(counts[slot], totals[slot]);
  if (total < least || learned[slot] < LEARNED_MINUTES) return 0;
  return total / Math.max(1, usuals[slot]);
};
