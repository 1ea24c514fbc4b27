import * as ffi from "ffi";
import { BLANK, classOfByte, PLAIN } from "./byte-classes.ts";
import { AT_AGENT } from "./rule.ts";
import { LAYERED, RULES } from "./rules/index.ts";
import { TRIGGERS } from "./triggers.ts";

/**
 * May a text hold a literal of any rule? Of every literal the three neighbouring bytes that are rarest in ordinary text are marked; a text
 * without a marked triple holds no literal. What is read stays in the first cache, unlike the automaton's table.
 *
 * Walks look at each byte once and do so in their own loop: calls and loops per value are what costs. Such a loop keeps `pair`, the kinds
 * of the last two bytes (FIRST_PAIR at the beginning of a value), and does for each byte of kind `kind`
 *     hit = hit | (marks[(pair << 3) | (kind >> 3)] >> (kind & 7));
 *     pair = ((pair << 6) | kind) & PAIRS;
 * The value may hold a literal when the lowest bit of `hit` is set in the end.
 */
const WIDTH = 64;
const BLANKS = 26;
const DIGIT = 27;
const OTHER = 28;
/** Bytes with a class of their own, behind letters, blanks, digits and the rest. */
const DISTINCT = `',.-"\`(){}[]<>$&|;:=*/\\%#!+?@^_~${string.char(0xc0, 0xc1, 0xef)}`;

/** What each byte is: letters by themselves and without regard to case, blanks, digits, signs. */
export const kinds = ffi.new("uint8_t[256]");
/** How frequent a kind is in ordinary text, in a thousand bytes. */
const frequency: number[] = [];
const LETTERS = [66, 12, 24, 32, 105, 17, 15, 45, 60, 2, 6, 34, 20, 58, 62, 16, 2, 52, 54, 76, 24, 9, 14, 3, 14, 2];

function frequencyOf(kind: number): number {
  if (kind < BLANKS) return LETTERS[kind];
  if (kind === BLANKS) return 170;
  if (kind === DIGIT) return 30;
  return kind === OTHER ? 20 : kind <= OTHER + 4 ? 12 : 2;
}

function kindOf(byte: number): number {
  const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
  if (lower >= 97 && lower <= 122) return lower - 97;
  if (lower >= 48 && lower <= 57) return DIGIT;
  if (classOfByte(lower) === BLANK) return BLANKS;
  const [at] = string.find(DISTINCT, string.char(lower), 1, true);
  return at === undefined ? OTHER : OTHER + at;
}

for (const byte of $range(0, 255)) kinds[byte] = PLAIN[byte] === BLANK ? BLANKS : kindOf(byte);
/** In forms a plus sign is a blank. */
export const formKinds = ffi.new("uint8_t[256]");
ffi.copy(formKinds, kinds, 256);
formKinds[43] = BLANKS;
for (const kind of $range(0, WIDTH - 1)) frequency[kind] = frequencyOf(kind);

/** One bit for each triple: eight bytes for the third kind behind each pair of the first two. */
export const marks = ffi.new("uint8_t[?]", (WIDTH * WIDTH * WIDTH) / 8);

function mark(first: number, second: number, third: number): void {
  const at = (first * WIDTH + second) * 8 + (third >> 3);
  marks[at] = marks[at] | (1 << (third & 7));
}

function kindsOf(literal: string): number[] {
  const found: number[] = [];
  for (const i of $range(1, literal.length)) {
    const kind = kinds[string.byte(literal, i)];
    if (kind !== BLANKS || found[found.length - 1] !== BLANKS) found.push(kind);
  }
  return found;
}

/** Short literals are marked behind whatever may come before them. */
function markShort(literal: number[]): void {
  for (const before of $range(0, WIDTH - 1)) {
    if (literal.length === 2) mark(before, literal[0], literal[1]);
    else for (const second of $range(0, WIDTH - 1)) mark(before, second, literal[0]);
  }
}

function markLiteral(literal: number[]): void {
  if (literal.length < 3) {
    markShort(literal);
    return;
  }
  let rarest = 1e12;
  let at = 0;
  for (const i of $range(0, literal.length - 3)) {
    const often = frequency[literal[i]] * frequency[literal[i + 1]] * frequency[literal[i + 2]];
    if (often < rarest) {
      rarest = often;
      at = i;
    }
  }
  mark(literal[at], literal[at + 1], literal[at + 2]);
}

for (const rule of RULES) {
  // User agents are few, and looked up; the names of all scanners would be in the way of everything else.
  if (rule.at !== AT_AGENT) for (const literal of rule.literals) markLiteral(kindsOf(literal));
}
for (const literal of LAYERED) markLiteral(kindsOf(literal));
for (const literal of TRIGGERS) markLiteral(kindsOf(literal));
// What an escape stands for may be anything, and a run of blanks counts as one in a literal.
markLiteral([kinds[37]]);
markLiteral([kinds[92]]);
markLiteral([BLANKS, BLANKS]);

export const FIRST_PAIR = OTHER * WIDTH + OTHER;
export const PAIRS = WIDTH * WIDTH - 1;

/** False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for. */
export function mayHoldLiteral(bytes: ffi.Numbers, from: number, to: number): boolean {
  let pair = FIRST_PAIR;
  let hit = 0;
  let i = from;
  while (i < to) {
    const kind = kinds[bytes[i]];
    hit = hit | (marks[(pair << 3) | (kind >> 3)] >> (kind & 7));
    pair = ((pair << 6) | kind) & PAIRS;
    i++;
  }
  return (hit & 1) === 1;
}
