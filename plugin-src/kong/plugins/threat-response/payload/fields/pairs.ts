import * as ffi from "ffi";
import { decoded, decodeValue, type Encoding } from "../decode.ts";
import { judgeValue, type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_NAME } from "../rule.ts";
import { isClean } from "../sift.ts";
import { judgeJson } from "./json.ts";

/** How a list of `name=value` is written and called. */
export interface PairFormat {
  /** Byte between pairs. */
  separator: number;
  encoding: Encoding;
  at: number;
  /** Goes before the name in a finding: `query:`. */
  prefix: string;
}

const EQUALS = 61;
const BLANK = 32;

const PERCENT = 37;

/** Whether a value begins with a brace or bracket, encoded or not. */
function looksLikeJson(bytes: ffi.Numbers, from: number, to: number): boolean {
  const first = bytes[from];
  if (first === 123 || first === 91) return true;
  if (first !== PERCENT || from + 2 >= to) return false;
  return (bytes[from + 2] | 32) === 98 && (bytes[from + 1] === 55 || bytes[from + 1] === 53);
}

function judgeOne(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  format: PairFormat,
  field: string,
): PayloadFinding | undefined {
  const found = judgeValue(bytes, from, to, format.encoding, format.at, field);
  if (!looksLikeJson(bytes, from, to)) return found;
  const length = decodeValue(bytes, from, to, format.encoding);
  return stronger(found, judgeJson(ffi.string(decoded, length), field));
}

/** A query, a form body or a Cookie header: names and values, each judged by itself. */
export function judgePairs(
  text: string,
  bytes: ffi.Numbers,
  from: number,
  to: number,
  format: PairFormat,
): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let start = from;
  while (start < to) {
    while (start < to && bytes[start] === BLANK) start++;
    let equals = -1;
    let end = start;
    while (end < to && bytes[end] !== format.separator) {
      if (equals < 0 && bytes[end] === EQUALS) equals = end;
      end++;
    }
    const nameEnd = equals < 0 ? end : equals;
    if (!isClean(bytes, start, end)) {
      const field = `${format.prefix}${string.sub(text, start + 1, math.min(nameEnd, start + 64))}`;
      if (nameEnd > start && !isClean(bytes, start, nameEnd)) {
        const found = judgeValue(bytes, start, nameEnd, format.encoding, format.at + AT_NAME, field);
        best = stronger(best, found);
      }
      if (nameEnd + 1 < end && !isClean(bytes, nameEnd + 1, end)) {
        best = stronger(best, judgeOne(bytes, nameEnd + 1, end, format, field));
      }
    }
    start = end + 1;
  }
  return best;
}
