import * as ffi from "ffi";
import { PLAIN } from "./byte-classes.ts";
import { BLANKS, KINDS, kindOf, kinds, OTHER, rarityOf } from "./byte-kinds.ts";
import { AT_AGENT } from "./rule.ts";
import { LAYERED, RULES } from "./rules/index.ts";
import { TRIGGERS } from "./triggers.ts";

/**
 * May a text hold a literal of any rule? Of every literal the three neighbouring bytes that are rarest in ordinary text are marked; where
 * three marked ones occur, the literals they are of are compared. What is read for each byte stays in the first cache, unlike the
 * automaton's table.
 *
 * Walks do so in their own loop: calls and loops for each value are what costs. Such a loop keeps `pair`, the kinds of the last two bytes
 * (FIRST_PAIR at the beginning of a value), and does for each byte of kind `kind`
 *     if ((marks[(pair << 3) | (kind >> 3)] & (1 << (kind & 7))) !== 0) hit = confirm(...)
 *     pair = ((pair << 6) | kind) & PAIRS;
 */
export const FIRST_PAIR = OTHER * KINDS + OTHER;
export const PAIRS = KINDS * KINDS - 1;

/** One bit for each triple: eight bytes for the third kind behind each pair of the first two. */
export const marks = ffi.new("uint8_t[?]", (KINDS * KINDS * KINDS) / 8);
/** 1 where two kinds are all of a literal. */
const shorts = ffi.new("uint8_t[?]", KINDS * KINDS);

/**
 * For each marked triple the literals it is of, one behind the other: how long the literal is and where in it the triple is, one byte each,
 * and the literal as classes of `byte-classes.ts`. While loading only; then they are in `known`.
 */
let candidates = new LuaTable<number, string>();

function mark(triple: number): void {
  marks[triple >> 3] = marks[triple >> 3] | (1 << (triple & 7));
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

/** The texts of all triples, each closed by a zero; by slot the triple, and where its text begins. */
const SLOTS = 4096;
const slotTriples = ffi.new("int32_t[?]", SLOTS);
const slotTexts = ffi.new("int32_t[?]", SLOTS);
const FREE = -1;

function slotOf(triple: number): number {
  let slot = (triple ^ (triple >> 7)) & (SLOTS - 1);
  while (slotTriples[slot] !== triple && slotTriples[slot] !== FREE) slot = (slot + 1) & (SLOTS - 1);
  return slot;
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

/** Whether the marked triple that ends with the byte at `i` is of a literal that is there, in a text that ends at `to`; 1 or 0. */
export function confirm(
  bytes: ffi.Numbers,
  i: number,
  to: number,
  pair: number,
  kind: number,
  classes: ffi.Numbers,
): number {
  if (shorts[((pair & (KINDS - 1)) << 6) | kind] !== 0) return 1;
  const triple = (pair << 6) | kind;
  const slot = slotOf(triple);
  if (slotTriples[slot] !== triple) return 0;
  let at = slotTexts[slot];
  let length = known[at];
  while (length > 0) {
    const from = i - 2 - known[at + 1];
    if (from >= 0 && from + length <= to && isAt(bytes, from, at + 2, length, classes)) return 1;
    at += length + 2;
    length = known[at];
  }
  return 0;
}

/** False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for. */
export function mayHoldLiteral(bytes: ffi.Numbers, from: number, to: number): boolean {
  let pair = FIRST_PAIR;
  let i = from;
  while (i < to) {
    const kind = kinds[bytes[i]];
    if ((marks[(pair << 3) | (kind >> 3)] & (1 << (kind & 7))) !== 0 && confirm(bytes, i, to, pair, kind, PLAIN) === 1)
      return true;
    pair = ((pair << 6) | kind) & PAIRS;
    i++;
  }
  return false;
}
