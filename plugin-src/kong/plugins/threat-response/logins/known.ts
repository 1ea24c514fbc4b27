import * as ffi from "ffi";
import { counters } from "../counters.ts";
import { hashText } from "../stable-hash.ts";

/**
 * Who has succeeded before, remembered by all workers for three and a half to seven days: a Bloom filter in blocks of the shared
 * dictionary, 512 KiB of bits for each half. However many strangers come, its memory does not grow and nobody drops out of it; with
 * 100,000 entries one stranger in about 10,000 passes for known.
 */
const BLOCKS = 8192;
const BLOCK_BYTES = 64;
const HALF_S = 302_400;
const { byte } = string;
const { floor } = math;

const buffer = ffi.new("uint8_t[64]");

const keyOf = (half: number, word: number): string => `K${half}:${word & (BLOCKS - 1)}`;

const isSet = (block: string, bit: number): boolean => (byte(block, (bit >>> 3) + 1) & (1 << (bit & 7))) !== 0;

const holds = (block: string | undefined, first: number, second: number): boolean =>
  block !== undefined &&
  isSet(block, second & 511) &&
  isSet(block, (second >>> 9) & 511) &&
  isSet(block, (second >>> 18) & 511) &&
  isSet(block, (first >>> 13) & 511);

const setBit = (bit: number): void => {
  const place = bit >>> 3;
  buffer[place] = buffer[place] | (1 << (bit & 7));
};

const readBlock = (half: number, word: number): string | undefined => {
  const [block] = counters.get(keyOf(half, word));
  return block as string | undefined;
};

const write = (half: number, first: number, second: number): void => {
  const block = readBlock(half, first);
  if (block === undefined) ffi.fill(buffer, BLOCK_BYTES);
  else ffi.copy(buffer, block, BLOCK_BYTES);
  setBit(second & 511);
  setBit((second >>> 9) & 511);
  setBit((second >>> 18) & 511);
  setBit((first >>> 13) & 511);
  counters.set(keyOf(half, first), ffi.string(buffer, BLOCK_BYTES), 2 * HALF_S);
};

export const addKnown = (text: string): void => {
  const [first, second] = hashText(text);
  write(floor(ngx.now() / HALF_S), first, second);
};

/** What was known in the half before is known in this one too, once it has been asked for. */
export const isKnown = (text: string): boolean => {
  const [first, second] = hashText(text);
  const half = floor(ngx.now() / HALF_S);
  if (holds(readBlock(half, first), first, second)) return true;
  if (!holds(readBlock(half - 1, first), first, second)) return false;
  write(half, first, second);
  return true;
};
