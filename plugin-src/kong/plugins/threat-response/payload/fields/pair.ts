import * as ffi from "ffi";
import { spare } from "../declared.ts";
import type { Encoding } from "../decode.ts";
import type { PayloadFinding } from "../evaluate.ts";
import { AT_NAME } from "../rule.ts";
import { readBase64 } from "./base64.ts";
import { deservesJudging, judgeWithin } from "./leaf.ts";
import { canNest, GRAPHQL, JSON_TEXT, type NestedKind, noteNested, TEXT, URL } from "./nested-notes.ts";
import { undoTransport } from "./transport.ts";

/** One `name=value`: where it is, and how it is written there. */
export interface Place {
  encoding: Encoding;
  at: number;
  /** Goes before the name in a finding: `query:`. */
  prefix: string;
}

const PERCENT = 37;
const QUESTION = 63;
const LONGEST_NAME = 64;
const SHORTEST_BASE64 = 12;

export function fieldOf(bytes: ffi.Numbers, from: number, equals: number, place: Place): string {
  return place.prefix + ffi.string(advance(bytes, from), Math.min(Math.max(0, equals - from), LONGEST_NAME));
}

/** The first byte, itself or percent-encoded. */
function firstByte(bytes: ffi.Numbers, from: number, to: number): number {
  if (bytes[from] !== PERCENT || from + 2 >= to) return bytes[from];
  if (bytes[from + 1] === 50) return (bytes[from + 2] | 32) === 102 ? 47 : 0;
  if ((bytes[from + 2] | 32) !== 98) return 0;
  return bytes[from + 1] === 55 ? 123 : bytes[from + 1] === 53 ? 91 : 0;
}

function holdsQuestion(bytes: ffi.Numbers, from: number, to: number): boolean {
  for (const i of $range(from, to - 1)) {
    if (bytes[i] === QUESTION) return true;
    if (bytes[i] === PERCENT && i + 2 < to && bytes[i + 1] === 51 && (bytes[i + 2] | 32) === 102) return true;
  }
  return false;
}

function isQuery(bytes: ffi.Numbers, from: number, equals: number): boolean {
  return equals - from === 5 && bytes[from] === 113 && bytes[from + 1] === 117 && bytes[from + 4] === 121;
}

/** Which structure of its own a value may have, by how it begins; 0 for none. */
function nestedKind(bytes: ffi.Numbers, start: number, equals: number, end: number): number {
  const first = firstByte(bytes, equals + 1, end);
  if (isQuery(bytes, start, equals) && (first === 123 || first === 113 || first === 109 || first === 115))
    return GRAPHQL;
  if (first === 123 || first === 91) return JSON_TEXT;
  return (first === 104 || first === 47) && holdsQuestion(bytes, equals + 1, end) ? URL : 0;
}

function noteBase64(bytes: ffi.Numbers, start: number, equals: number, end: number, place: Place): void {
  if (end - equals <= SHORTEST_BASE64 || !canNest()) return;
  const text = readBase64(bytes, equals + 1, end, place.encoding);
  if (text !== undefined) noteNested(TEXT, text, place.at, fieldOf(bytes, start, equals, place));
}

/** Looks behind base64 that stands where a name would. */
export function noteHiddenName(bytes: ffi.Numbers, from: number, end: number, place: Place): void {
  if (end - from < SHORTEST_BASE64 || !canNest()) return;
  const text = readBase64(bytes, from, end, place.encoding);
  if (text !== undefined) noteNested(TEXT, text, place.at, fieldOf(bytes, from, end, place));
}

/** Judges a name that the first look has noticed. */
export function judgeName(bytes: ffi.Numbers, from: number, equals: number, place: Place): PayloadFinding | undefined {
  if (!deservesJudging(bytes, from, equals, place.encoding)) return undefined;
  return judgeWithin(bytes, from, equals, place.encoding, place.at + AT_NAME, fieldOf(bytes, from, equals, place));
}

/** Judges a value that the first look has noticed, or keeps what is nested in it for later. */
export function judgePairValue(
  bytes: ffi.Numbers,
  start: number,
  equals: number,
  end: number,
  place: Place,
): PayloadFinding | undefined {
  const from = equals + 1;
  noteBase64(bytes, start, equals, end, place);
  const kind = canNest() ? nestedKind(bytes, start, equals, end) : 0;
  if (kind !== 0) {
    const text = undoTransport(bytes, from, end, place.encoding);
    const isKept = noteNested(kind as NestedKind, text, place.at, fieldOf(bytes, start, equals, place));
    if (isKept && kind !== URL) return undefined;
  }
  if (!deservesJudging(bytes, from, end, place.encoding)) return undefined;
  return spare(judgeWithin(bytes, from, end, place.encoding, place.at, fieldOf(bytes, start, equals, place)), place.at);
}

/** Looks at a value that the first look has not noticed: only what is hidden may be of interest. */
export function judgeHiddenValue(
  bytes: ffi.Numbers,
  start: number,
  equals: number,
  end: number,
  place: Place,
): PayloadFinding | undefined {
  if (isQuery(bytes, start, equals)) return judgePairValue(bytes, start, equals, end, place);
  noteBase64(bytes, start, equals, end, place);
  return undefined;
}
