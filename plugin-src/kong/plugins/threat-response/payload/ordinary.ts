import { rol } from "bit";
import * as ffi from "ffi";
import { randomHex } from "../digest.ts";
import { spendKnown } from "./inspection.ts";

/**
 * Texts that were judged before and found ordinary: a text that comes again costs a twentieth of what it costs to judge it. Of each is kept a keyed
 * hash of 64 bits (HalfSipHash-1-3 of Aumasson and Bernstein) and what judging it took of the budget. The key is drawn at load and never leaves the
 * process: nobody can write an attack that passes for a text that was ordinary.
 */
const SLOTS = 8192;
/** Values and whole parts that are longer are judged each time. */
export const LONGEST = 8192;
const LONGEST_PART = 32_768;
/** Of each text half of its hash; and of the other half the upper sixteen bits, with the cost. The slot is as good as the lower ones. */
const seconds = ffi.new("int32_t[?]", SLOTS);
const rests = ffi.new("int32_t[?]", SLOTS);
const UPPER = 16;
const COST = 65_535;
/** Parts of the budget are as small as this. */
const PARTS = 4;

const readKey = (): number => (tonumber(randomHex(4), 16) as number) | 0;
let firstKey = readKey();
const secondKey = readKey();

/**
 * Nothing that was kept is known any more. For benches, which also tell what judging something new costs.
 * @public
 */
export function forgetOrdinary(): void {
  firstKey = (firstKey + 1) | 0;
}

let [v0, v1, v2, v3] = [0, 0, 0, 0];

function mix(): void {
  let [a, b, c, d] = [v0, v1, v2, v3];
  a = (a + b) | 0;
  b = rol(b, 5) ^ a;
  c = (c + d) | 0;
  d = rol(d, 8) ^ c;
  a = (rol(a, 16) + d) | 0;
  d = rol(d, 7) ^ a;
  c = (c + b) | 0;
  b = rol(b, 13) ^ c;
  [v0, v1, v2, v3] = [a, b, rol(c, 16), d];
}

function take(word: number): void {
  v3 = v3 ^ word;
  mix();
  v0 = v0 ^ word;
}

/** The words of `bytes[from, from + 4 × count)`: what `take` does, with the state in registers, since this is where the time goes. */
function takeWords(bytes: ffi.Numbers, from: number, count: number): void {
  const words = ffi.cast("const int32_t *", advance(bytes, from));
  let [a, b, c, d] = [v0, v1, v2, v3];
  for (const i of $range(0, count - 1)) {
    const word = words[i];
    d = d ^ word;
    a = (a + b) | 0;
    b = rol(b, 5) ^ a;
    c = (c + d) | 0;
    d = rol(d, 8) ^ c;
    a = (rol(a, 16) + d) | 0;
    d = rol(d, 7) ^ a;
    c = (c + b) | 0;
    b = rol(b, 13) ^ c;
    c = rol(c, 16);
    a = a ^ word;
  }
  [v0, v1, v2, v3] = [a, b, c, d];
}

/** Up to three bytes. */
function lastWord(bytes: ffi.Numbers, from: number, to: number): number {
  let word = 0;
  if (from < to) word = bytes[from];
  if (from + 1 < to) word = word | (bytes[from + 1] << 8);
  return from + 2 < to ? word | (bytes[from + 2] << 16) : word;
}

function finish(): number {
  mix();
  mix();
  mix();
  return v1 ^ v3;
}

let second = 0;

/** The other half of the hash that was made last. */
export function secondHalf(): number {
  return second;
}

/**
 * Half of the hash of `bytes[from, to)` as what `meaning`, up to twelve bits, and `salt`, a word, say it is; the other half waits in `secondHalf`.
 */
export function hashOf(bytes: ffi.Numbers, from: number, to: number, meaning: number, salt: number): number {
  const length = to - from;
  const count = length >> 2;
  v0 = firstKey;
  v1 = secondKey ^ 0xee;
  v2 = 0x6c796765 ^ firstKey;
  v3 = 0x74656462 ^ secondKey;
  take(length | (meaning << 18));
  take(salt);
  if (count > 0) takeWords(bytes, from, count);
  take(lastWord(bytes, from + (count << 2), to));
  v2 = v2 ^ 0xee;
  const first = finish();
  v1 = v1 ^ 0xdd;
  second = finish();
  return first;
}

/** Whether the text of this hash is known to be ordinary; what judging it took is taken from the budget. */
export function isOrdinary(first: number, other: number): boolean {
  const slot = first & (SLOTS - 1);
  const rest = rests[slot];
  if (seconds[slot] !== other || rest >> UPPER !== first >> UPPER) return false;
  return spendKnown((rest & COST) / PARTS);
}

/** From now on the text of this hash is known to be ordinary. */
export function keepOrdinary(first: number, other: number, cost: number): void {
  const parts = cost * PARTS;
  if (parts > COST) return;
  const slot = first & (SLOTS - 1);
  seconds[slot] = other;
  rests[slot] = (first & ~COST) | parts;
}

/** Whole parts of a request, above the places and encodings of values. */
export const PATH = 768;
export const QUERY = 769;
export const COOKIES = 770;
export const BODY = 771;
const TYPE = 772;
export const REFERER = 773;
export const HEADER = 774;
/** Request lines that no known exploit is about; three more for what is switched off. */
export const LINE = 776;

function hashPart(text: string, part: number, salt: number): number {
  return hashOf(ffi.cast("const uint8_t *", text), 0, text.length, part, salt);
}

/** What a body of that type, or a header of that name, is hashed with: the same text means something else there. */
export function saltOf(type: string | undefined): number {
  return type === undefined ? 0 : hashPart(type, TYPE, 0);
}

/** The part that was asked for last, as it is kept; one that is too long is not. */
let partFirst = 0;
let partSecond = 0;
let isKept = false;

export function isOrdinaryPart(text: string, part: number, salt: number): boolean {
  isKept = text.length <= LONGEST_PART;
  if (!isKept) return false;
  partFirst = hashPart(text, part, salt);
  partSecond = second;
  return isOrdinary(partFirst, partSecond);
}

/** The part that was asked for last is ordinary. */
export function keepOrdinaryPart(cost: number): void {
  if (isKept) keepOrdinary(partFirst, partSecond, cost);
}

let heldFirst = 0;
let heldSecond = 0;
let isHeld = false;

/** Whether the part that was asked for last is ordinary will show: `keepHeldPart` then. */
export function holdPart(): void {
  isHeld = isKept;
  heldFirst = partFirst;
  heldSecond = partSecond;
}

export function keepHeldPart(cost: number): void {
  if (isHeld) keepOrdinary(heldFirst, heldSecond, cost);
}
