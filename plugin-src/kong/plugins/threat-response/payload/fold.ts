import * as ffi from "ffi";
import { decoded as buffer } from "./decode.ts";

const MAX_FOLDED = 4096;
const folded = ffi.new("uint8_t[?]", MAX_FOLDED);

let written = 0;
/** No comment ends in the rest of the text: whoever opens many is not searched for each. */
let isUnclosed = false;

function put(byte: number): void {
  folded[written] = byte;
  written++;
}

function putBlank(): void {
  if (written === 0 || folded[written - 1] !== 32) put(32);
}

/** Index behind the comment that starts at `i`; `i` itself where it never ends. */
function skipComment(i: number, to: number): number {
  let end = i + 2;
  if (buffer[end] === 33) {
    end++;
    while (end < to && buffer[end] >= 48 && buffer[end] <= 57) end++;
    return end;
  }
  if (isUnclosed) return i;
  while (end + 1 < to && !(buffer[end] === 42 && buffer[end + 1] === 47)) end++;
  isUnclosed = end + 1 >= to;
  return isUnclosed ? i : end + 2;
}

function isBlank(byte: number): boolean {
  return byte <= 32 || byte === 0xa0;
}

/**
 * The text as a SQL parser reads it: lower case, comments and runs of white space as one space. What MySQL executes inside
 * a comment that starts with `/*!` stays. Folds `buffer[from, end)`, at most MAX_FOLDED bytes of it.
 */
export function foldText(from: number, end: number): string {
  const to = math.min(end, from + MAX_FOLDED);
  written = 0;
  isUnclosed = false;
  let i = from;
  while (i < to) {
    const byte = buffer[i];
    const follower = i + 1 < to ? buffer[i + 1] : 0;
    if (isBlank(byte)) {
      putBlank();
      i++;
    } else if (byte === 47 && follower === 42) {
      const behind = skipComment(i, to);
      if (behind === i) put(byte);
      else putBlank();
      i = behind === i ? i + 1 : behind;
    } else if (byte === 42 && follower === 47) {
      putBlank();
      i += 2;
    } else {
      put(byte >= 65 && byte <= 90 ? byte + 32 : byte);
      i++;
    }
  }
  return ffi.string(folded, written);
}
