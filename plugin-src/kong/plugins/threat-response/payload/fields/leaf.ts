import type * as ffi from "ffi";
import { ENCODED, FORM, JSON_TEXT } from "../byte-classes.ts";
import { decoded, type Encoding, layersUndone, lengthUndone } from "../decode.ts";
import { automaton, judgeValue, type PayloadFinding } from "../evaluate.ts";
import { mayHoldLiteral } from "../first-look.ts";
import { leave, spend, spendLookAt } from "../inspection.ts";
import { holdsLiteral, isClean } from "../sift.ts";
import { fitsBase64, readBase64 } from "./base64.ts";
import { canNest, noteNested, TEXT } from "./nested-notes.ts";

/** Each byte of the exact look costs this part of what a judged byte costs. */
const LOOK_SHARE = 0.25;

export function classesOf(encoding: Encoding): ffi.Numbers {
  if (encoding === "json") return JSON_TEXT;
  return encoding === "form" ? FORM : ENCODED;
}

/** Whether a value holds anything that a rule is about. */
export function mayBeMeant(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): boolean {
  const affordable = spendLookAt(to - from, LOOK_SHARE);
  return affordable > 0 && holdsLiteral(automaton, classesOf(encoding), bytes, from, from + affordable);
}

/** Whether a value that the first look has noticed holds anything that a rule is about. */
export function deservesJudging(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): boolean {
  return !isClean(bytes, from, to) && mayBeMeant(bytes, from, to, encoding);
}

/** What a form or a query has to escape is one layer, and is undone where base64 is read. */
const OWN_LAYERS = 1;

/** Looks behind base64 whose signs were escaped once more, which shows only now that this is undone. */
function noteUndoneBase64(encoding: Encoding, at: number, field: string): void {
  const layers = layersUndone();
  if (layers === 0 || (encoding === "form" && layers === OWN_LAYERS) || !canNest()) return;
  const text = readBase64(decoded, 0, lengthUndone(), "none");
  if (text !== undefined) noteNested(TEXT, text, at, field);
}

/** Judges a value that is known to deserve it, as far as the request's budget goes. */
export function judgeWithin(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  encoding: Encoding,
  at: number,
  field: string,
): PayloadFinding | undefined {
  const affordable = spend(to - from);
  if (affordable === 0) return undefined;
  const found = judgeValue(bytes, from, from + affordable, encoding, at, field);
  noteUndoneBase64(encoding, at, field);
  return found;
}

/** Looks at a value, first briefly, and judges it where it deserves that. */
export function judgeLeaf(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  encoding: Encoding,
  at: number,
  field: string,
): PayloadFinding | undefined {
  if (!mayHoldLiteral(bytes, from, to) || !deservesJudging(bytes, from, to, encoding)) return undefined;
  return judgeWithin(bytes, from, to, encoding, at, field);
}

/** Looks behind base64; the text behind it is judged with what else is nested. */
export function noteBase64(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  encoding: Encoding,
  at: number,
  field: string,
): void {
  const text = readBase64(bytes, from, to, encoding);
  if (text === undefined) return;
  if (!fitsBase64(to - from)) leave("over_budget");
  noteNested(TEXT, text, at, field);
}
