import * as ffi from "ffi";
import { BOUND, kinds } from "../byte-kinds.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { AS_IT_IS, confirm, FIRST_PAIR, LAST, marks, PAIRS } from "../first-look.ts";
import { isSpent } from "../inspection.ts";
import { endOfString, startPath } from "./json-path.ts";
import { judgeString, noteBase64, startStrings, takeFinding } from "./json-string.ts";

/**
 * Walks the strings of a JSON text without parsing it: any depth, several texts one after the other, malformed ones too. One loop goes through the
 * bytes of all strings, in which a quote counts as marked.
 */
const QUOTE = 34;
const COLON = 58;
const COMMA = 44;
const BACKSLASH = 92;
const BRACE = 123;
const BRACE_CLOSE = 125;

/** Kinds of bytes inside strings. A backslash is always marked, so that no escape is ever passed. */
const inString = ffi.new("uint8_t[256]");
ffi.copy(inString, kinds, 256);
inString[QUOTE] = BOUND;

/** Of bytes between strings: how much deeper they go, plus one, and whether they cannot stand there. */
const LEVEL = 3;
const STRAY = 4;
const FLAT = 1;
const between = ffi.new("uint8_t[256]");
for (const byte of $range(0, 255)) between[byte] = FLAT + (byte > 32 ? STRAY : 0);

function set(bytes: string, entry: number): void {
  for (const i of $range(1, bytes.length)) between[string.byte(bytes, i)] = entry;
}

set(',:0123456789+-.eEtrufalsn"', FLAT);
set("{[", FLAT + 1);
set("}]", FLAT - 1);

const isBase64 = ffi.new("uint8_t[256]");
for (const byte of $range(48, 122)) {
  if (byte <= 57 || (byte >= 65 && byte <= 90) || byte >= 97) isBase64[byte] = 1;
}
for (const byte of [43, 45, 47, 95]) isBase64[byte] = 1;

/** What is shorter hides nothing in base64. */
const SHORTEST = 12;

let malformed = false;

/** Whether the text walked last was no JSON, or was cut off. */
export function wasMalformed(): boolean {
  return malformed;
}

/** Behind a byte order mark. */
function startOf(bytes: ffi.Numbers, to: number): number {
  return to > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

let depth = 0;
let seen = 0;

/** Index behind the quote that opens the next string, or `to + 1` where there is none. */
function nextString(bytes: ffi.Numbers, from: number, to: number): number {
  let sum = 0;
  let all = 0;
  let quote = to;
  for (const i of $range(from, to - 1)) {
    const entry = between[bytes[i]];
    all = all | entry;
    sum = sum + (entry & LEVEL) - FLAT;
    if (bytes[i] === QUOTE) {
      quote = i;
      break;
    }
  }
  depth += sum;
  seen = seen | all;
  return quote + 1;
}

/** Index behind the quote that opens the string behind `end`, where the former string's quote is. */
function behindQuote(bytes: ffi.Numbers, end: number, to: number): number {
  const byte = bytes[end + 1];
  if ((byte === COLON || byte === COMMA) && end + 2 < to && bytes[end + 2] === QUOTE) return end + 3;
  return nextString(bytes, end + 1, to);
}

/** Whether a string begins with so much of base64; without a loop, since each string that is long enough is asked. */
function mayHide(bytes: ffi.Numbers, i: number): boolean {
  const first = isBase64[bytes[i]] & isBase64[bytes[i + 1]] & isBase64[bytes[i + 2]] & isBase64[bytes[i + 3]];
  if (first === 0) return false;
  const next = isBase64[bytes[i + 4]] & isBase64[bytes[i + 5]] & isBase64[bytes[i + 6]] & isBase64[bytes[i + 7]];
  const last = isBase64[bytes[i + 8]] & isBase64[bytes[i + 9]] & isBase64[bytes[i + 10]] & isBase64[bytes[i + 11]];
  return (next & last) === 1;
}

/** Where the string begins that `nextToJudge` has stopped in. */
let start = 0;
/** Behind the last string that was judged. */
let floor = 0;

/** Where the text before a quote with a backslash is JSON no more, the string is taken to begin with that. */
function startOfText(bytes: ffi.Numbers): number {
  let from = start;
  while (from > floor && (bytes[from - 1] !== QUOTE || (from - 1 > floor && bytes[from - 2] === BACKSLASH))) from--;
  return from;
}

/** Goes through strings, from the one that begins at `from`, to where a literal is noticed, or to the end of one that may hide base64; else to `to`. */
function nextToJudge(bytes: ffi.Numbers, from: number, to: number): number {
  let begin = from;
  let pair = FIRST_PAIR;
  let i = from;
  while (i < to) {
    const triple = (pair << 6) | inString[bytes[i]];
    pair = triple & PAIRS;
    if (((marks[triple >> 5] >> triple) & 1) !== 0) {
      if ((triple & LAST) === BOUND) {
        if (i - begin >= SHORTEST && mayHide(bytes, begin)) break;
        begin = behindQuote(bytes, i, to);
        i = begin - 1;
        pair = FIRST_PAIR;
      } else if (confirm(bytes, i, to, triple, AS_IT_IS)) break;
    }
    i++;
  }
  start = begin;
  return i;
}

function skipBlanks(bytes: ffi.Numbers, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] <= 32) i++;
  return i;
}

/** Whether an object begins as one: `{{self}}` and `{7+7}` have no sign either that JSON has not. */
function beginsAsJson(bytes: ffi.Numbers, from: number, to: number): boolean {
  const open = skipBlanks(bytes, from, to);
  if (bytes[open] !== BRACE) return true;
  const next = skipBlanks(bytes, open + 1, to);
  return next >= to || bytes[next] === QUOTE || bytes[next] === BRACE_CLOSE;
}

/** Judges keys and strings of `bytes[0, to)` one by one. `root` is what the text is called in a finding. */
export function walkJson(bytes: ffi.Numbers, to: number, root: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let isOpen = false;
  depth = 0;
  seen = 0;
  startPath();
  startStrings();
  const first = startOf(bytes, to);
  floor = first;
  let from = nextString(bytes, first, to);
  while (from <= to && !isSpent()) {
    let end = nextToJudge(bytes, from, to);
    isOpen = start <= to;
    if (!isOpen) break;
    if (end - start >= SHORTEST && mayHide(bytes, start)) noteBase64(bytes, start, to, root);
    if (end < to && bytes[end] !== QUOTE) {
      const text = startOfText(bytes);
      end = judgeString(bytes, text, Math.max(end, endOfString(bytes, text, to)), to, root);
      floor = end + 1;
      best = stronger(best, takeFinding());
    }
    isOpen = end >= to;
    from = isOpen ? to + 1 : behindQuote(bytes, end, to);
  }
  // What was not read to the end for its cost says nothing about its form.
  const isBroken = seen >= STRAY || isOpen || depth !== 0;
  malformed = !isSpent() && (isBroken || !beginsAsJson(bytes, first, to));
  return best;
}
