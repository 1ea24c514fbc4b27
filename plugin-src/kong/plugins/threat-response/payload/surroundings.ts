import { decoded } from "./decode.ts";

/** Which part of a value is shown to the rules. */

/** No expression ever runs over more than this. */
export const CHUNK = 2048;
/** Up to this size a value is shown whole, beyond it only what surrounds the worst place. */
const WHOLE = 512;
const SURROUNDINGS = 96;

/** Of a value of `length` bytes whose worst place is from `from` to `to`. */
export function surroundings(from: number, to: number, length: number): LuaMultiReturn<[start: number, end: number]> {
  if (length <= WHOLE) return $multi(0, length);
  const start = Math.max(0, from - SURROUNDINGS);
  return $multi(start, Math.min(length, start + CHUNK, to + SURROUNDINGS));
}

const LONGEST_WORD = 48;

/** The worst place with the whole of the words that it begins and ends in. */
export function wordsAround(from: number, to: number, length: number): LuaMultiReturn<[start: number, end: number]> {
  let start = from;
  while (start > 0 && from - start < LONGEST_WORD && decoded[start - 1] > 32) start--;
  let end = to;
  while (end < length && end - to < LONGEST_WORD && decoded[end - 1] > 32 && decoded[end] > 32) end++;
  return $multi(start, Math.min(end, start + CHUNK));
}
