import * as ffi from "ffi";
import { PLAIN } from "./byte-classes.ts";
import { BLANKS, BOUND, KINDS, kindOf, kinds, OTHER, rarityOf } from "./byte-kinds.ts";
import { AT_AGENT } from "./rule.ts";
import { LAYERED, RULES } from "./rules/index.ts";
import { TRIGGERS } from "./triggers.ts";

/**
 * May a text hold a literal of any rule? Of every literal the three neighbouring bytes that are rarest in ordinary text are marked; where
 * three marked ones occur, the literals they are of are compared. What is read for each byte stays in the first cache, unlike the
 * automaton's table.
 *
 * Whoever walks through values of several bounds gives the kind BOUND to the bytes that end one: those count as marked whatever is before them, so that
 * its loop has one condition for both. Such a loop keeps `pair`, the kinds of the last two bytes (FIRST_PAIR at the beginning of a value), and does for each
 * byte of kind `kind`
 *     const triple = (pair << 6) | kind;
 *     pair = triple & PAIRS;
 *     if (((marks[triple >> 5] >> triple) & 1) !== 0) …
 */
export const FIRST_PAIR = OTHER * KINDS + OTHER;
export const PAIRS = KINDS * KINDS - 1;
/** The last kind of a triple. */
export const LAST = KINDS - 1;

/** One bit for each triple: 32 of them in each word. */
export const marks = ffi.new("int32_t[?]", (KINDS * KINDS * KINDS) / 32);
/** 1 where two kinds are all of a literal. */
const shorts = ffi.new("uint8_t[?]", KINDS * KINDS);

/**
 * For each marked triple the literals it is of, one behind the other: how long the literal is and where in it the triple is, one byte each,
 * and the literal as classes of `byte-classes.ts`. While loading only; then they are in `known`.
 */
let candidates = new LuaTable<number, string>();

function mark(triple: number): void {
  marks[triple >> 5] = marks[triple >> 5] | (1 << (triple & 31));
}

const tripleOf = (a: number, b: number, c: number): number => (a * KINDS + b) * KINDS + c;

/** White space in a row counts as one in a literal; such text is always looked at twice. */
function squeeze(literal: string): string {
  let squeezed = "";
  for (const i of $range(1, literal.length)) {
    const isBlank = kindOf(string.byte(literal, i)) === BLANKS;
    if (!(isBlank && squeezed !== "" && kindOf(string.byte(squeezed, -1)) === BLANKS)) {
      squeezed += string.sub(literal, i, i);
    }
  }
  return squeezed;
}

function classesOf(literal: string): string {
  let classes = "";
  for (const i of $range(1, literal.length)) classes += string.char(PLAIN[string.byte(literal, i)]);
  return classes;
}

/** One or two kinds, whatever comes before them. */
function markShort(first: number, second: number): void {
  shorts[first * KINDS + second] = 1;
  for (const before of $range(0, KINDS - 1)) mark(tripleOf(before, first, second));
}

function markLong(literal: string): void {
  let rarest = -1;
  let offset = 0;
  let triple = 0;
  for (const i of $range(1, literal.length - 2)) {
    const [a, b, c] = [
      kinds[string.byte(literal, i)],
      kinds[string.byte(literal, i + 1)],
      kinds[string.byte(literal, i + 2)],
    ];
    const rarity = rarityOf(a, b, c);
    if (rarity > rarest) {
      rarest = rarity;
      offset = i - 1;
      triple = tripleOf(a, b, c);
    }
  }
  mark(triple);
  const others = candidates.get(triple) ?? "";
  candidates.set(triple, others + string.char(literal.length, offset) + classesOf(literal));
}

function markLiteral(given: string): void {
  const [isNumber] = string.find(given, "^%d+$");
  // A number by itself is plain wherever it stands; marked, it would have every number compared.
  if (isNumber !== undefined) return;
  const literal = squeeze(given);
  const last = kinds[string.byte(literal, -1)];
  if (literal.length === 2) markShort(kinds[string.byte(literal, 1)], last);
  else if (literal.length > 2) markLong(literal);
  else for (const before of $range(0, KINDS - 1)) markShort(before, last);
}

for (const rule of RULES) {
  // User agents are few, and looked up; the names of all scanners would be in the way of everything else.
  if (rule.at !== AT_AGENT) for (const literal of rule.literals) markLiteral(literal);
}
for (const literal of LAYERED) markLiteral(literal);
for (const literal of TRIGGERS) markLiteral(literal);
// The key of a GraphQL operation in JSON.
markLiteral("query");
// What an escape stands for may be anything, and a run of blanks counts as one.
for (const sign of ["%", "\\"]) markLiteral(sign);
markShort(BLANKS, BLANKS);
for (const pair of $range(0, PAIRS)) mark(pair * KINDS + BOUND);

/** The texts of all triples, each closed by a zero; by slot the triple, and where its text begins. */
const SLOTS = 4096;
const slotTriples = ffi.new("int32_t[?]", SLOTS);
const slotTexts = ffi.new("int32_t[?]", SLOTS);
/** By slot one bit for each kind that the literals of the triple have before and behind it. */
const before = ffi.new("int32_t[?]", SLOTS * 2);
const behind = ffi.new("int32_t[?]", SLOTS * 2);
const FREE = -1;

function slotOf(triple: number): number {
  let slot = (triple ^ (triple >> 7)) & (SLOTS - 1);
  while (slotTriples[slot] !== triple && slotTriples[slot] !== FREE) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

const kindsOfClasses = ffi.new("uint8_t[256]");
for (const byte of $range(0, 255)) kindsOfClasses[PLAIN[byte]] = kinds[byte];

/** Allows what a literal has at `at`; where the literal has nothing there, everything. */
function allow(masks: ffi.Numbers, slot: number, text: string, at: number, isThere: boolean): void {
  for (const kind of $range(0, KINDS - 1)) {
    const word = slot * 2 + (kind >> 5);
    if (!isThere || kind === kindsOfClasses[string.byte(text, at)]) masks[word] = masks[word] | (1 << (kind & 31));
  }
}

function allowNeighbours(slot: number, text: string): void {
  let at = 1;
  while (at <= text.length) {
    const length = string.byte(text, at);
    const offset = string.byte(text, at + 1);
    const triple = at + 2 + offset;
    allow(before, slot, text, triple - 1, offset > 0);
    allow(behind, slot, text, triple + 3, offset + 3 < length);
    at += length + 2;
  }
}

function flattenCandidates(): ffi.Numbers {
  let total = 0;
  let count = 0;
  for (const [, text] of candidates) {
    total += text.length + 1;
    count++;
  }
  if (count > SLOTS / 2) error("too many literals for the first look");
  const all = ffi.new("uint8_t[?]", total);
  for (const slot of $range(0, SLOTS - 1)) slotTriples[slot] = FREE;
  total = 0;
  for (const [triple, text] of candidates) {
    const slot = slotOf(triple);
    slotTriples[slot] = triple;
    slotTexts[slot] = total;
    allowNeighbours(slot, text);
    ffi.copy(advance(all, total), text, text.length);
    total += text.length + 1;
  }
  candidates = new LuaTable();
  return all;
}

const known = flattenCandidates();

/** Whether the literal of `length` bytes at `at` in `known` is at `from`. */
function isAt(bytes: ffi.Numbers, from: number, at: number, length: number, classes: ffi.Numbers): boolean {
  for (const i of $range(0, length - 1)) {
    if (classes[bytes[from + i]] !== known[at + i]) return false;
  }
  return true;
}

/** How the bytes of a text are read: their kinds, and what they are compared as. */
export interface Reading {
  kinds: ffi.Numbers;
  classes: ffi.Numbers;
}

/** Whether a literal is around the triple that ends at `i`, in a text that ends at `to`. */
function isAnyAt(bytes: ffi.Numbers, i: number, to: number, slot: number, classes: ffi.Numbers): boolean {
  let at = slotTexts[slot];
  let length = known[at];
  while (length > 0) {
    const from = i - 2 - known[at + 1];
    if (from >= 0 && from + length <= to && isAt(bytes, from, at + 2, length, classes)) return true;
    at += length + 2;
    length = known[at];
  }
  return false;
}

/**
 * Whether the marked triple that ends with the byte at `i` is of a literal that is there, in a text that ends at `to`. Most are not, which the bytes
 * before and behind show.
 */
export function confirm(bytes: ffi.Numbers, i: number, to: number, triple: number, reading: Reading): boolean {
  if (shorts[triple & PAIRS] !== 0) return true;
  const slot = slotOf(triple);
  if (slotTriples[slot] !== triple) return false;
  const former = reading.kinds[bytes[i - 3]];
  const next = reading.kinds[bytes[i + 1]];
  const isAllowed = (before[slot * 2 + (former >> 5)] >> former) & (behind[slot * 2 + (next >> 5)] >> next) & 1;
  return isAllowed !== 0 && isAnyAt(bytes, i, to, slot, reading.classes);
}

export const AS_IT_IS: Reading = { kinds, classes: PLAIN };

/** False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for. */
export function mayHoldLiteral(bytes: ffi.Numbers, from: number, to: number): boolean {
  let pair = FIRST_PAIR;
  for (const i of $range(from, to - 1)) {
    const triple = (pair << 6) | kinds[bytes[i]];
    pair = triple & PAIRS;
    if (((marks[triple >> 5] >> triple) & 1) !== 0 && confirm(bytes, i, to, triple, AS_IT_IS)) return true;
  }
  return false;
}
