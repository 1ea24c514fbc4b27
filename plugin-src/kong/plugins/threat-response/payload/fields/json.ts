import * as ffi from "ffi";
import { judgeValue, type PayloadFinding, stronger } from "../evaluate.ts";
import { AT_BODY, AT_NAME, AT_STRUCTURE } from "../rule.ts";
import { isClean } from "../sift.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const MAX_DEPTH = 32;
/** Keys named in a finding, innermost last. */
const MAX_NAMED = 6;
const MAX_KEY = 40;

/** Bounds of the key that is open at each depth; the same place twice where there is none, as in an array. */
const keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1);
const keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1);

function pathOf(text: string, depth: number, root: string): string {
  let path = "";
  for (const level of $range(math.max(1, depth - MAX_NAMED + 1), depth)) {
    if (keyTo[level] > keyFrom[level]) {
      const key = string.sub(text, keyFrom[level] + 1, math.min(keyTo[level], keyFrom[level] + MAX_KEY));
      path = path === "" ? key : `${path}.${key}`;
    }
  }
  if (path === "") return root;
  const [isNested] = string.find(root, ":", 1, true);
  return `${root}${isNested === undefined ? ":" : "."}${path}`;
}

/** Index of the quote that ends the string which starts at `i`, or `to`. */
function endOfString(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  return Math.min(end, to);
}

function skipBlank(bytes: ffi.Numbers, i: number, to: number): number {
  let next = i;
  while (next < to && bytes[next] <= 32) next++;
  return next;
}

function openKey(depth: number, from: number, to: number): void {
  keyFrom[depth] = from;
  keyTo[depth] = to;
}

/** Walks the strings of a JSON text without parsing it: what is malformed is judged all the same. */
function judgeStrings(text: string, bytes: ffi.Numbers, to: number, root: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let depth = 0;
  openKey(0, 0, 0);
  let i = 0;
  while (i < to) {
    const byte = bytes[i];
    i++;
    if (byte === QUOTE) {
      const end = endOfString(bytes, i, to);
      const next = skipBlank(bytes, end + 1, to);
      const isKey = next < to && bytes[next] === COLON;
      if (isKey) openKey(depth, i, end);
      if (!isClean(bytes, i, end)) {
        const at = isKey ? AT_BODY + AT_NAME : AT_BODY;
        best = stronger(best, judgeValue(bytes, i, end, "json", at, pathOf(text, depth, root)));
      }
      i = end + 1;
    } else if (byte === 123 || byte === 91) {
      if (depth < MAX_DEPTH) depth++;
      openKey(depth, 0, 0);
    } else if ((byte === 125 || byte === 93) && depth > 0) {
      depth--;
    }
  }
  return best;
}

/**
 * A JSON text: keys and strings one by one, and the whole for what shows in its structure only. `root` is what the text is called in
 * a finding.
 */
export function judgeJson(text: string, root: string): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", text);
  const inStrings = judgeStrings(text, bytes, text.length, root);
  return stronger(inStrings, judgeValue(bytes, 0, text.length, "none", AT_STRUCTURE, root));
}
