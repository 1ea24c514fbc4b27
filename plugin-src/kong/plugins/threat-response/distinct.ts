import * as ffi from "ffi";

/** Counts distinct texts in 256 bytes, within some 7 % (HyperLogLog): no list of what an attacker sends is ever kept. */
export type Distinct = ffi.CData;

const REGISTERS = 256;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
const { byte } = string;
const { floor, log, random } = math;

/** One random word for each byte, drawn at each start: nobody can choose texts that fall together. */
const WORDS = ffi.new("int32_t[256]");
for (const i of $range(0, 255)) WORDS[i] = floor(random() * 4_294_967_296) - 2_147_483_648;

const rotate = (word: number, places: number): number => (word << places) | (word >>> (32 - places));

const hash = (text: string): number => {
  let word = 0;
  for (const i of $range(1, text.length)) word = rotate(word, 5) ^ WORDS[byte(text, i)];
  return (
    WORDS[word & 255] ^
    rotate(WORDS[(word >>> 8) & 255], 7) ^
    rotate(WORDS[(word >>> 16) & 255], 13) ^
    rotate(WORDS[(word >>> 24) & 255], 23)
  );
};

export const createDistinct = (): Distinct => ffi.new("uint8_t[256]");

export const addDistinct = (set: Distinct, text: string): void => {
  const word = hash(text);
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
  for (const i of $range(0, REGISTERS - 1)) set[i] = 0;
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
