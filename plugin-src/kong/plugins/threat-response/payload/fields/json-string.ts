import type * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_BODY, AT_NAME, AT_STRUCTURE } from "../rule.ts";
import { mayBeBase64, readBase64 } from "./base64.ts";
import { isKey, isUnderQuery, openKey, pathOf } from "./json-path.ts";
import { deservesJudging, judgeWithin } from "./leaf.ts";
import { canNest, GRAPHQL, JSON_TEXT, type NestedKind, noteNested, TEXT, URL } from "./nested-notes.ts";
import { undoTransport } from "./transport.ts";

/** One string of a JSON text: a key, or a value that may have a structure of its own. */

/** `constructor` is clean, but as a key it is not harmless. */
const CONSTRUCTOR = 11;
/** Bytes before and behind a key that its meaning depends on. */
const STRUCTURE_LEAD = 64;
const STRUCTURE_TAIL = 160;

/** Keys that change what an object or a query means begin so: `$ne`, `__proto__`, `constructor`, or escaped ones. */
function isStructural(first: number): boolean {
  return first === 36 || first === 95 || first === 92 || first === 99;
}

function judgeKey(bytes: ffi.Numbers, from: number, end: number, to: number, root: string): PayloadFinding | undefined {
  let found: PayloadFinding | undefined;
  if (deservesJudging(bytes, from, end, "json")) {
    found = judgeWithin(bytes, from, end, "json", AT_BODY + AT_NAME, pathOf(bytes, root));
  }
  if (!isStructural(bytes[from])) return found;
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
  if (first !== 91 && isUnderQuery(bytes) && holdsByte(bytes, from, to, 123)) return GRAPHQL;
  if (first === 123 || first === 91) return JSON_TEXT;
  if ((first === 104 || first === 47) && holdsByte(bytes, from, to, 63)) return URL;
  return 0;
}

function judgeText(bytes: ffi.Numbers, from: number, end: number, root: string): PayloadFinding | undefined {
  const kind = canNest() ? nestedKind(bytes, from, end) : 0;
  if (kind !== 0) {
    const text = undoTransport(bytes, from, end, "json");
    const isKept = noteNested(kind as NestedKind, text, AT_BODY, pathOf(bytes, root));
    // What is inside JSON or GraphQL is judged value by value, or as a whole when it turns out to be neither.
    if (isKept && kind !== URL) return undefined;
  }
  if (!deservesJudging(bytes, from, end, "json")) return undefined;
  return judgeWithin(bytes, from, end, "json", AT_BODY, pathOf(bytes, root));
}

/** Judges the string `bytes[from, end)` of a text that ends at `to`, which the first look has noticed. */
export function judgeString(
  bytes: ffi.Numbers,
  from: number,
  end: number,
  to: number,
  root: string,
): PayloadFinding | undefined {
  if (!isKey(bytes, end, to)) return judgeText(bytes, from, end, root);
  openKey(from, end);
  return judgeKey(bytes, from, end, to, root);
}

/** Looks at a string that the first look has not noticed: only what is hidden may be of interest. */
export function judgeHidden(
  bytes: ffi.Numbers,
  from: number,
  end: number,
  to: number,
  root: string,
): PayloadFinding | undefined {
  if (!canNest()) return undefined;
  if (end - from === CONSTRUCTOR && bytes[from] === 99) return judgeString(bytes, from, end, to, root);
  if (mayBeBase64(bytes, from, end)) {
    const text = readBase64(bytes, from, end, "json");
    if (text !== undefined) noteNested(TEXT, text, AT_BODY, pathOf(bytes, root));
  }
  return isUnderQuery(bytes) && !isKey(bytes, end, to) ? judgeText(bytes, from, end, root) : undefined;
}
