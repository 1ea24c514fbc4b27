import * as ffi from "ffi";
import { counters } from "./counters.ts";
import { randomHex } from "./digest.ts";

/** Counts distinct texts in 256 bytes, within some 7 % (HyperLogLog): no list of what an attacker sends is ever kept. */
export type Distinct = ffi.CData;

const REGISTERS = 256;
const LONGEST = 256;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
const { byte, sub } = string;
const { floor, log } = math;

const rotate = (word: number, places: number): number => (word << places) | (word >>> (32 - places));

/** One secret for all workers of a node, so that their counts can be merged, and drawn anew at each start: nobody can choose texts that fall together. */
const readSecret = (): string => {
  counters.add("distinct_secret", randomHex(16));
  const [shared] = counters.get("distinct_secret");
  return shared as string;
};

/** One word for each byte, from the secret (four xorshift generators, so that all of its bits count). */
const drawWords = (secret: string): Distinct => {
  const words = ffi.new("int32_t[256]");
  for (const part of $range(0, 3)) {
    let state = (tonumber(sub(secret, part * 8 + 1, part * 8 + 8), 16) ?? 0) | 1;
    for (const i of $range(0, 255)) {
      state = state ^ (state << 13);
      state = state ^ (state >>> 17);
      state = state ^ (state << 5);
      words[i] = words[i] ^ rotate(state, part * 7 + 1);
    }
  }
  return words;
};

const WORDS = drawWords(readSecret());

const mix = (word: number, value: number): number => ((word << 5) | (word >>> 27)) ^ WORDS[value];

/** Of an IPv4 address, without a loop: short ones keep what calls them from being compiled. */
const mixFour = (text: string): number => {
  const [a, b, c, d] = byte(text, 1, 4);
  return mix(mix(mix(mix(0, a), b), c), d);
};

const mixAll = (text: string): number => {
  let word = 0;
  for (const i of $range(1, Math.min(text.length, LONGEST))) word = mix(word, byte(text, i));
  return word;
};

/** 32 bits of a text, which only this node knows; signed. What comes behind 256 bytes makes no difference. */
export const hashText = (text: string): number => {
  const word = text.length === 4 ? mixFour(text) : mixAll(text);
  return (
    WORDS[word & 255] ^
    rotate(WORDS[(word >>> 8) & 255], 7) ^
    rotate(WORDS[(word >>> 16) & 255], 13) ^
    rotate(WORDS[(word >>> 24) & 255], 23)
  );
};

export const createDistinct = (): Distinct => ffi.new("uint8_t[256]");

export const addDistinct = (set: Distinct, text: string): void => {
  const word = hashText(text);
  let rest = (word >>> 8) & 0xffffff;
  let rank = 1;
  while (rank < 25 && (rest & 1) === 0) {
    rank += 1;
    rest = rest >>> 1;
  }
  const register = word & 255;
  if (set[register] < rank) set[register] = rank;
};

export const clearDistinct = (set: Distinct): void => {
  ffi.fill(set, REGISTERS);
};

/** The set as text, for other workers. */
export const packDistinct = (set: Distinct): string => ffi.string(set, REGISTERS);

/** Adds what another worker has packed. */
export const mergeDistinct = (set: Distinct, packed: string): void => {
  if (packed.length !== REGISTERS) return;
  for (const i of $range(0, REGISTERS - 1)) {
    const rank = byte(packed, i + 1);
    if (set[i] < rank) set[i] = rank;
  }
};

export const countDistinct = (set: Distinct): number => {
  let sum = 0;
  let empty = 0;
  for (const i of $range(0, REGISTERS - 1)) {
    sum += 2 ** -set[i];
    if (set[i] === 0) empty += 1;
  }
  const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
  if (estimate > 2.5 * REGISTERS || empty === 0) return floor(estimate + 0.5);
  return floor(REGISTERS * log(REGISTERS / empty) + 0.5);
};
