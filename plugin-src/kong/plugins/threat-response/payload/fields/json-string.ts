import * as ffi from "ffi";
import { spare } from "../declared.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_BODY, AT_NAME, AT_STRUCTURE } from "../rule.ts";
import { isScreening } from "../screen.ts";
import { mayBeBase64, readBase64 } from "./base64.ts";
import { colonBehind, endOfString, pathAt } from "./json-path.ts";
import { deservesJudging, judgeWithin } from "./leaf.ts";
import { canNest, GRAPHQL, JSON_TEXT, type NestedKind, noteNested, TEXT, URL } from "./nested-notes.ts";
import { undoTransport } from "./transport.ts";

/** One string of a JSON text: a key, or a value that may have a structure of its own. */

/** Bytes before and behind a key that its meaning depends on. */
const STRUCTURE_LEAD = 64;
const STRUCTURE_TAIL = 160;

/** Keys that change what an object or a query means begin so: `$ne`, `__proto__`, `constructor`, `py/object`, or escaped ones. */
function isStructural(bytes: ffi.Numbers, from: number): boolean {
  const first = bytes[from];
  const isPython = first === 112 && bytes[from + 1] === 121 && bytes[from + 2] === 47;
  return isPython || first === 36 || first === 95 || first === 92 || first === 99;
}

/** The score of the strongest that was found in this text. */
let strongest = 0;

export function startStrings(): void {
  strongest = 0;
}

/** Judges a string that is called as `pathAt` says at `place`: asked only where it is the strongest so far, since no other counts. */
function judgeNamed(
  bytes: ffi.Numbers,
  from: number,
  end: number,
  at: number,
  place: number,
  root: string,
): PayloadFinding | undefined {
  const isNamedFirst = isScreening();
  const found = judgeWithin(bytes, from, end, "json", at, isNamedFirst ? pathAt(bytes, place, root) : root);
  if (found !== undefined && !isNamedFirst) {
    if (found.score <= strongest) return undefined;
    found.field = pathAt(bytes, place, root);
  }
  return spare(found, at);
}

function judgeKey(bytes: ffi.Numbers, from: number, end: number, to: number, root: string): PayloadFinding | undefined {
  let found: PayloadFinding | undefined;
  if (deservesJudging(bytes, from, end, "json")) {
    // Named by itself, since it opens only behind its colon.
    found = judgeNamed(bytes, from, end, AT_BODY + AT_NAME, end + 2, root);
  }
  if (!isStructural(bytes, from)) return found;
  const start = Math.max(0, from - STRUCTURE_LEAD);
  const stop = Math.min(to, end + STRUCTURE_TAIL);
  return stronger(found, judgeWithin(bytes, start, stop, "none", AT_STRUCTURE, root));
}

/** The first byte that is no blank, as itself or as `\n` and the like. */
function firstShown(bytes: ffi.Numbers, from: number, to: number): number {
  let i = from;
  while (i < to) {
    if (bytes[i] > 32 && bytes[i] !== 92) return bytes[i];
    if (bytes[i] === 92 && bytes[i + 1] !== 110 && bytes[i + 1] !== 114 && bytes[i + 1] !== 116) return 92;
    i += bytes[i] === 92 ? 2 : 1;
  }
  return 0;
}

function holdsByte(bytes: ffi.Numbers, from: number, to: number, byte: number): boolean {
  for (const i of $range(from, to - 1)) if (bytes[i] === byte) return true;
  return false;
}

/** Which structure of its own a string may have, by how it begins; 0 for none. */
function nestedKind(bytes: ffi.Numbers, from: number, to: number): number {
  const first = firstShown(bytes, from, to);
  if (first === 123 || first === 91) return JSON_TEXT;
  return (first === 104 || first === 47) && holdsByte(bytes, from, to, 63) ? URL : 0;
}

function judgeText(bytes: ffi.Numbers, from: number, end: number, root: string): PayloadFinding | undefined {
  const kind = canNest() ? nestedKind(bytes, from, end) : 0;
  if (kind !== 0) {
    const text = undoTransport(bytes, from, end, "json");
    const isKept = noteNested(kind as NestedKind, text, AT_BODY, pathAt(bytes, from, root));
    // What is inside JSON or GraphQL is judged value by value, or as a whole when it turns out to be neither.
    if (isKept && kind !== URL) return undefined;
  }
  if (!deservesJudging(bytes, from, end, "json")) return undefined;
  return judgeNamed(bytes, from, end, AT_BODY, from, root);
}

function isQuery(bytes: ffi.Numbers, from: number, end: number): boolean {
  return end - from === 5 && bytes[from] === 113 && ffi.string(advance(bytes, from), 5) === "query";
}

/** Keeps the operation that is the value of the key before `colon`; returns where it ends, or 0 where it is none. */
function keepOperation(bytes: ffi.Numbers, colon: number, to: number, root: string): number {
  let from = colon + 1;
  while (from < to && bytes[from] <= 32) from++;
  if (from >= to || bytes[from] !== 34) return 0;
  from++;
  const end = endOfString(bytes, from, to);
  if (!holdsByte(bytes, from, end, 123)) return 0;
  return noteNested(GRAPHQL, undoTransport(bytes, from, end, "json"), AT_BODY, pathAt(bytes, from, root)) ? end : 0;
}

let found: PayloadFinding | undefined;

/** What the last string was judged to be. */
export function takeFinding(): PayloadFinding | undefined {
  if (found !== undefined) strongest = Math.max(strongest, found.score);
  return found;
}

/** Judges the string `bytes[from, end)` of a text that ends at `to`; returns the index of the quote behind which to go on. */
export function judgeString(bytes: ffi.Numbers, from: number, end: number, to: number, root: string): number {
  const colon = colonBehind(bytes, end, to);
  found = undefined;
  if (colon === 0) {
    found = judgeText(bytes, from, end, root);
    return end;
  }
  if (isQuery(bytes, from, end)) {
    const operationEnd = canNest() ? keepOperation(bytes, colon, to, root) : 0;
    return operationEnd > 0 ? operationEnd : end;
  }
  found = judgeKey(bytes, from, end, to, root);
  return end;
}

/** Looks behind base64 in the string that begins at `from`. */
export function noteBase64(bytes: ffi.Numbers, from: number, to: number, root: string): void {
  if (!canNest() || !mayBeBase64(bytes, from, to, "json")) return;
  const text = readBase64(bytes, from, endOfString(bytes, from, to), "json");
  if (text !== undefined) noteNested(TEXT, text, AT_BODY, pathAt(bytes, from, root));
}
