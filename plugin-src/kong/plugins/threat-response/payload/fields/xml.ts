import type * as ffi from "ffi";
import { judgeValue, type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_BODY, AT_STRUCTURE } from "../rule.ts";
import { isClean } from "../sift.ts";

const OPEN = 60;
const CLOSE = 62;
const QUOTE = 34;
const APOSTROPHE = 39;

/** Judges the quoted values inside one tag, `bytes[from, to)`. */
function judgeAttributes(bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let i = from;
  while (i < to) {
    const quote = bytes[i];
    i++;
    if (quote === QUOTE || quote === APOSTROPHE) {
      let end = i;
      while (end < to && bytes[end] !== quote) end++;
      if (!isClean(bytes, i, end)) best = stronger(best, judgeValue(bytes, i, end, "none", AT_BODY, "xml:attribute"));
      i = end + 1;
    }
  }
  return best;
}

/** An XML body: text between tags, attributes, and the whole for its prologue and entities. */
export function judgeXml(bytes: ffi.Numbers, to: number): PayloadFinding | undefined {
  let best = judgeValue(bytes, 0, to, "none", AT_STRUCTURE, "xml");
  let i = 0;
  while (i < to) {
    let open = i;
    while (open < to && bytes[open] !== OPEN) open++;
    if (open > i && !isClean(bytes, i, open)) {
      best = stronger(best, judgeValue(bytes, i, open, "none", AT_BODY, "xml:text"));
    }
    let close = open;
    while (close < to && bytes[close] !== CLOSE) close++;
    if (close > open) best = stronger(best, judgeAttributes(bytes, open + 1, close));
    i = close + 1;
  }
  return best;
}
