import * as ffi from "ffi";
import { PLAIN } from "../byte-classes.ts";
import { kinds, OTHER } from "../byte-kinds.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { confirm, FIRST_PAIR, marks, PAIRS } from "../first-look.ts";
import { isSpent } from "../inspection.ts";
import { endOfString, startPath } from "./json-path.ts";
import { judgeString, noteBase64, takeFinding } from "./json-string.ts";

/**
 * Walks the strings of a JSON text without parsing it: any depth, several texts one after the other, malformed ones too. A table tells for
 * each state and byte all that follows, so that the loop has no branch but the one for strings that have to be judged.
 */

/** States; a table's row each. */
const OUTSIDE = 0;
const INSIDE = 256;
const ESCAPED = 512;

/** A table's entry: the kind of the byte (first-look.ts) in the lowest six bits, and */
const KIND = 63;
/** the next state, */
const STATE = 768;
/** whether the byte cannot stand between strings, */
const STRAY = 1024;
/** how much deeper it goes, plus one, */
const DEPTH = 12;
const LEVEL = 3;
/** whether it belongs to base64, */
const BASE64 = 14;
/** and whether it is in a string. */
const IN_STRING = 15;

const FLAT = 1 << DEPTH;
const STRING = 1 << IN_STRING;
const table = ffi.new("uint16_t[768]");

function set(bytes: string, state: number, entry: number): void {
  for (const i of $range(1, bytes.length)) table[state + string.byte(bytes, i)] = entry;
}

for (const byte of $range(0, 255)) {
  table[byte] = OTHER + OUTSIDE + FLAT + (byte > 32 ? STRAY : 0);
  table[INSIDE + byte] = kinds[byte] + INSIDE + FLAT + STRING;
  table[ESCAPED + byte] = OTHER + INSIDE + FLAT + STRING;
}
set(",:0123456789+-.eEtrufalsn", OUTSIDE, OTHER + OUTSIDE + FLAT);
set("{[", OUTSIDE, OTHER + OUTSIDE + 2 * FLAT);
set("}]", OUTSIDE, OTHER + OUTSIDE);
set('"', OUTSIDE, OTHER + INSIDE + FLAT);
for (const byte of $range(48, 122)) {
  const isPart = byte <= 57 || (byte >= 65 && byte <= 90) || byte >= 97;
  if (isPart) table[INSIDE + byte] = table[INSIDE + byte] + (1 << BASE64);
}
for (const byte of [43, 45, 47, 95]) table[INSIDE + byte] = table[INSIDE + byte] + (1 << BASE64);
set('"', INSIDE, OTHER + OUTSIDE + FLAT + STRING);
set("\\", INSIDE, kinds[92] + ESCAPED + FLAT + STRING);

/** A run of exactly so many bytes of base64. */
const SHORTEST = 12;
const RUN = (1 << SHORTEST) - 1;
const RUN_AND_BEFORE = (1 << (SHORTEST + 1)) - 1;
const QUOTE = 34;
const BACKSLASH = 92;
const BRACE = 123;
const BRACE_CLOSE = 125;

let malformed = false;

/** Whether the text walked last was no JSON, or was cut off. */
export function wasMalformed(): boolean {
  return malformed;
}

/** Behind a byte order mark. */
function startOf(bytes: ffi.Numbers, to: number): number {
  return to > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The beginning of the string that `i` is in, not before `floor`. */
function startOfString(bytes: ffi.Numbers, i: number, floor: number): number {
  let start = i;
  while (start > floor && (bytes[start - 1] !== QUOTE || (start - 1 > floor && bytes[start - 2] === BACKSLASH)))
    start--;
  return start;
}

let floor = 0;

/** Judges the string that `i` is in; returns the index of the quote behind which to go on, or the end. */
function judgeAround(bytes: ffi.Numbers, i: number, to: number, root: string): number {
  const start = startOfString(bytes, i, floor);
  const next = judgeString(bytes, start, Math.max(i, endOfString(bytes, start, to)), to, root);
  floor = next + 1;
  return next;
}

let state = OUTSIDE;
let pair = FIRST_PAIR;
let run = 0;
let all = 0;
let levels = 0;

/**
 * Goes on from `from` to the next marked byte in a string, or behind a run of base64, or to the end. Nothing but this is in the loop, and one
 * condition for each of the two, so that the compiler finds no other way through it.
 */
function advanceTo(bytes: ffi.Numbers, from: number, to: number): number {
  let [now, last, history, seen, sum] = [state, pair, run, all, levels];
  let i = from;
  while (i < to) {
    const entry = table[now + bytes[i]];
    const kind = entry & KIND;
    if (((marks[(last << 3) | (kind >> 3)] >> (kind & 7)) & (entry >> IN_STRING)) !== 0) break;
    now = entry & STATE;
    last = ((last << 6) | kind) & PAIRS;
    history = (history << 1) | ((entry >> BASE64) & 1);
    seen = seen | entry;
    sum += (entry >> DEPTH) & LEVEL;
    i++;
    if ((history & RUN_AND_BEFORE) === RUN) break;
  }
  state = now;
  pair = last;
  run = history;
  all = seen;
  levels = sum;
  return i;
}

/** Takes the byte at `i`, whatever its mark. */
function step(bytes: ffi.Numbers, i: number): number {
  const entry = table[state + bytes[i]];
  state = entry & STATE;
  pair = ((pair << 6) | (entry & KIND)) & PAIRS;
  run = (run << 1) | ((entry >> BASE64) & 1);
  all = all | entry;
  levels += (entry >> DEPTH) & LEVEL;
  return i + 1;
}

const isRun = (): boolean => (run & RUN_AND_BEFORE) === RUN;

/** Judges the string that `i` is in; returns where to go on behind it. */
function judgeAt(bytes: ffi.Numbers, i: number, to: number, root: string): number {
  const quote = judgeAround(bytes, i, to, root);
  levels += quote + 1 - i;
  state = quote < to ? OUTSIDE : INSIDE;
  pair = FIRST_PAIR;
  run = 0;
  return quote + 1;
}

function start(bytes: ffi.Numbers, to: number): number {
  state = OUTSIDE;
  pair = FIRST_PAIR;
  run = 0;
  all = 0;
  levels = 0;
  floor = startOf(bytes, to);
  startPath();
  return floor;
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
  let i = start(bytes, to);
  const first = i;
  while (i < to && !isSpent()) {
    i = isRun() ? i : advanceTo(bytes, i, to);
    if (isRun()) {
      if (bytes[i - SHORTEST - 1] === QUOTE) noteBase64(bytes, i - SHORTEST, to, root);
      run = 0;
    } else if (i < to) {
      if (confirm(bytes, i, to, pair, table[state + bytes[i]] & KIND, PLAIN) === 1) {
        i = judgeAt(bytes, i, to, root);
        best = stronger(best, takeFinding());
      } else i = step(bytes, i);
    }
  }
  // What was not read to the end for its cost says nothing about its form.
  const isBroken = (all & STRAY) !== 0 || state !== OUTSIDE || levels !== to - first;
  malformed = !isSpent() && (isBroken || !beginsAsJson(bytes, first, to));
  return best;
}
