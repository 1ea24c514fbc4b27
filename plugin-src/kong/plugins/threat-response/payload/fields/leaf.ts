import type * as ffi from "ffi";
import { ENCODED, FORM, JSON_TEXT } from "../byte-classes.ts";
import { decoded, type Encoding, layersUndone, lengthUndone } from "../decode.ts";
import { automaton, judgeValue, type PayloadFinding } from "../evaluate.ts";
import { mayHoldLiteral } from "../first-look.ts";
import { isSpent, leave, spend, spendLookAt, spent } from "../inspection.ts";
import { hashOf, isOrdinary, keepOrdinary, LONGEST, secondHalf } from "../ordinary.ts";
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

/** Looks behind base64 whose signs were escaped once more, which shows only now that this is undone; whether there was any. */
function noteUndoneBase64(encoding: Encoding, at: number, field: string): boolean {
  const layers = layersUndone();
  if (layers === 0 || (encoding === "form" && layers === OWN_LAYERS)) return false;
  if (!canNest()) return true;
  const text = readBase64(decoded, 0, lengthUndone(), "none");
  if (text !== undefined) noteNested(TEXT, text, at, field);
  return text !== undefined;
}

/** Above the places of rule.ts. */
const MEANINGS: Record<Encoding, number> = { none: 0, form: 256, json: 512 };

/** Whether the value that was judged last may hide a text. */
let hidesText = false;

function judgeAnew(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  encoding: Encoding,
  at: number,
  field: string,
): PayloadFinding | undefined {
  const found = judgeValue(bytes, from, to, encoding, at, field);
  hidesText = noteUndoneBase64(encoding, at, field);
  return found;
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
  if (affordable > LONGEST) return judgeAnew(bytes, from, from + affordable, encoding, at, field);
  const first = hashOf(bytes, from, from + affordable, at + MEANINGS[encoding], 0);
  const second = secondHalf();
  if (isOrdinary(first, second)) return undefined;
  const before = spent();
  const found = judgeAnew(bytes, from, from + affordable, encoding, at, field);
  if (found === undefined && !hidesText && !isSpent()) keepOrdinary(first, second, spent() - before);
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
