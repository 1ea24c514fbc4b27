import * as ffi from "ffi";
import { FORM, PLAIN } from "../byte-classes.ts";
import { formKinds, kinds as plainKinds } from "../byte-kinds.ts";
import type { Encoding } from "../decode.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { confirm, FIRST_PAIR, marks, PAIRS, type Reading } from "../first-look.ts";
import { isSpent } from "../inspection.ts";
import { judgeHiddenValue, judgeName, judgePairValue, noteHiddenName, type Place } from "./pair.ts";
import { judgeRepeated, keepPair, startRepeated } from "./repeated-names.ts";

/** How a list of `name=value` is written and called. */
export interface PairFormat extends Place {
  /** What each byte means: in the first half for names, in the second for values. */
  kinds: ffi.Numbers;
  reading: Reading;
}

/** Beside the kinds of `first-look.ts`. */
const EVENT = 64;
const EQUALS = 64;
const SEPARATOR = 65;

const IN_NAME = 0;
const IN_VALUE = 256;
const BLANK = 32;

export function pairFormat(separator: number, encoding: Encoding, at: number, prefix: string): PairFormat {
  const kinds = ffi.new("uint8_t[512]");
  for (const byte of $range(0, 255)) {
    kinds[byte] = encoding === "form" ? formKinds[byte] : plainKinds[byte];
    kinds[IN_VALUE + byte] = kinds[byte];
  }
  kinds[61] = EQUALS;
  kinds[separator] = SEPARATOR;
  kinds[IN_VALUE + separator] = SEPARATOR;
  const reading = encoding === "form" ? { kinds: formKinds, classes: FORM } : { kinds: plainKinds, classes: PLAIN };
  return { kinds, reading, encoding, at, prefix };
}

/** Judges `bytes[start, end)`, split at `equals`; the hits tell what the first look has noticed. */
function judgePair(
  bytes: ffi.Numbers,
  start: number,
  equals: number,
  end: number,
  hits: number,
  place: Place,
): PayloadFinding | undefined {
  const from = bytes[start] === BLANK ? start + 1 : start;
  let best: PayloadFinding | undefined;
  if ((hits & 1) === 1) best = judgeName(bytes, from, equals, place);
  // Base64 without a name has its padding where a value would begin.
  if (end - equals <= 2) noteHiddenName(bytes, from, equals, place);
  if (equals >= end) return best;
  keepPair(from, equals, end, (hits & 2) === 2);
  if ((hits & 2) === 2) return stronger(best, judgePairValue(bytes, from, equals, end, place));
  return stronger(best, judgeHiddenValue(bytes, from, equals, end, place));
}

/** Names and values of a query, a form, a Cookie header or a path's parameters, each by itself, and repeated ones also together. */
export function walkPairs(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  format: PairFormat,
): PayloadFinding | undefined {
  const { kinds, reading } = format;
  let best: PayloadFinding | undefined;
  let half = IN_NAME;
  let hit = 0;
  let nameHit = 0;
  let pair = FIRST_PAIR;
  let start = from;
  let equals = to;
  let i = from;
  startRepeated();
  while (i <= to) {
    const kind = i < to ? kinds[half + bytes[i]] : SEPARATOR;
    if (kind < EVENT) {
      const triple = (pair << 6) | kind;
      if (((marks[triple >> 5] >> triple) & 1) !== 0 && hit === 0 && confirm(bytes, i, to, triple, reading)) hit = 1;
      pair = triple & PAIRS;
    } else {
      if (kind === SEPARATOR) {
        const hits = half === IN_NAME ? hit : nameHit + hit * 2;
        best = stronger(best, judgePair(bytes, start, half === IN_NAME ? i : equals, i, hits, format));
        if (isSpent()) return best;
        start = i + 1;
        half = IN_NAME;
      } else {
        equals = i;
        nameHit = hit;
        half = IN_VALUE;
      }
      hit = 0;
      pair = FIRST_PAIR;
    }
    i++;
  }
  return stronger(best, judgeRepeated(bytes, format));
}
