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
