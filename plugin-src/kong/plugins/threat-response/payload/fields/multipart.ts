import type * as ffi from "ffi";
import { judgeValue, type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_BODY, AT_NAME } from "../rule.ts";
import { isBinary } from "../sift.ts";

const MAX_PARTS = 100;

function judgePart(text: string, bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  const [headEnd, bodyStart] = string.find(text, "\r?\n\r?\n", from + 1);
  if (headEnd === undefined || headEnd > to) return judgeValue(bytes, from, to, "none", AT_BODY, "form:");
  const head = string.sub(text, from + 1, headEnd);
  const [name] = string.match(head, '[; ]name="([^"]*)');
  const field = `form:${name ?? ""}`;
  // File names and part headers count as names: they are short, and attacks travel in them too.
  const inHead = judgeValue(bytes, from, headEnd - 1, "none", AT_BODY + AT_NAME, field);
  if (isBinary(bytes, bodyStart, to)) return inHead;
  return stronger(inHead, judgeValue(bytes, bodyStart, to, "none", AT_BODY, field));
}

/** A multipart body: headers and content of each part. */
export function judgeMultipart(text: string, bytes: ffi.Numbers, to: number): PayloadFinding | undefined {
  const [boundary] = string.match(text, "^%s*(%-%-[^\r\n]+)");
  if (boundary === undefined) return judgeValue(bytes, 0, to, "none", AT_BODY, "body");
  let best: PayloadFinding | undefined;
  let start = boundary.length;
  for (const _ of $range(1, MAX_PARTS)) {
    const [next] = string.find(text, boundary, start + 1, true);
    best = stronger(best, judgePart(text, bytes, start, next === undefined ? to : next - 1));
    if (next === undefined) break;
    start = next - 1 + boundary.length;
  }
  return best;
}
