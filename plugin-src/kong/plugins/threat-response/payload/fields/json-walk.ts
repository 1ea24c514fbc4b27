import * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { FIRST_PAIR, marks, PAIRS, kinds as plainKinds } from "../first-look.ts";
import { depthNow, goBack, goDeeper, openKey, startPath } from "./json-path.ts";
import { judgeHidden, judgeString } from "./json-string.ts";

/**
 * Walks the strings of a JSON text without parsing it: two look-ups for each byte, any depth, several texts one after the other. What is
 * malformed is walked all the same, and told.
 */

/** What a byte means, beside the kinds of `first-look.ts`, which are below EVENT. */
const EVENT = 64;
const OPEN = 64;
const CLOSE = 65;
const ESCAPE = 66;
const COLON = 67;
const DEEPER = 68;
const SHALLOWER = 69;
const STRAY = 70;

const OUTSIDE = 0;
const INSIDE = 256;
/** The first half for bytes between strings, the second for those of strings. */
const kinds = ffi.new("uint8_t[512]");

function set(bytes: string, kind: number): void {
  for (const i of $range(1, bytes.length)) kinds[string.byte(bytes, i)] = kind;
}

ffi.fill(kinds, 256, STRAY);
for (const blank of $range(0, 32)) kinds[blank] = 0;
set(",0123456789+-.eEtrufalsn", 0);
set('"', OPEN);
set(":", COLON);
set("{[", DEEPER);
set("}]", SHALLOWER);
for (const byte of $range(0, 255)) kinds[INSIDE + byte] = plainKinds[byte];
kinds[INSIDE + 34] = CLOSE;
kinds[INSIDE + 92] = ESCAPE;

/** Shorter strings hide nothing. */
const SHORTEST_HIDDEN = 11;

let malformed = false;

/** Whether the text walked last was no JSON, or was cut off. */
export function wasMalformed(): boolean {
  return malformed;
}

/** Behind a byte order mark. */
function startOf(bytes: ffi.Numbers, to: number): number {
  return to > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Goes up or down, or notes what does not belong between strings. */
function note(kind: number): void {
  if (kind === DEEPER) goDeeper();
  else if (kind === SHALLOWER && depthNow() > 0) goBack();
  else malformed = true;
}

/** Judges keys and strings of `bytes[0, to)` one by one. `root` is what the text is called in a finding. */
export function walkJson(bytes: ffi.Numbers, to: number, root: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let half = OUTSIDE;
  let hit = 0;
  let pair = FIRST_PAIR;
  let start = 0;
  let end = 0;
  let i = startOf(bytes, to);
  malformed = false;
  startPath();
  while (i < to) {
    const kind = kinds[half + bytes[i]];
    i++;
    if (kind < EVENT) {
      hit = hit | (marks[(pair << 3) | (kind >> 3)] >> (kind & 7));
      pair = ((pair << 6) | kind) & PAIRS;
    } else if (kind === OPEN) {
      half = INSIDE;
      hit = 0;
      pair = FIRST_PAIR;
      start = i;
    } else if (kind === CLOSE) {
      half = OUTSIDE;
      end = i - 1;
      if ((hit & 1) === 1) best = stronger(best, judgeString(bytes, start, end, to, root));
      else if (end - start >= SHORTEST_HIDDEN) best = stronger(best, judgeHidden(bytes, start, end, to, root));
    } else if (kind === COLON) {
      openKey(start, end);
    } else if (kind === ESCAPE) {
      hit = 1;
      i++;
    } else {
      note(kind);
    }
  }
  if (half === INSIDE) best = stronger(best, judgeString(bytes, start, to, to, root));
  malformed = malformed || half === INSIDE || depthNow() > 0;
  return best;
}
