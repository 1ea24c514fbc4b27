import * as ffi from "ffi";
import { HEX, NOT_HEX } from "../byte-classes.ts";
import type { Encoding } from "../decode.ts";

/** Text that was wrapped in base64 as a whole value. Random tokens are told apart after a few bytes, since hardly any of them is printable. */
const LONGEST = 16384;
const SHORTEST = 12;
const buffer = ffi.new("uint8_t[?]", LONGEST + 8);

const NONE = 64;
const SKIPPED = 65;
const END = 66;
const values = ffi.new("uint8_t[256]");
ffi.fill(values, 256, NONE);
for (const i of $range(0, 25)) {
  values[65 + i] = i;
  values[97 + i] = 26 + i;
}
for (const i of $range(0, 9)) values[48 + i] = 52 + i;
values[43] = 62;
values[45] = 62;
values[47] = 63;
values[95] = 63;
values[10] = SKIPPED;
values[13] = SKIPPED;
/** A backslash before a slash in JSON. */
values[92] = SKIPPED;
values[61] = END;

const isPrintable = ffi.new("uint8_t[256]");
for (const byte of $range(32, 126)) isPrintable[byte] = 1;
isPrintable[9] = 1;
isPrintable[10] = 1;
isPrintable[13] = 1;

/** The value of `%2B`, `%2F` and `%3D`. */
function readPercent(bytes: ffi.Numbers, i: number, to: number): number {
  if (i + 2 >= to) return NONE;
  const high = HEX[bytes[i + 1]];
  const low = HEX[bytes[i + 2]];
  return high === NOT_HEX || low === NOT_HEX ? NONE : values[high * 16 + low];
}

/** A blank is what a form makes of a plus sign that was not escaped. */
function valueAt(bytes: ffi.Numbers, i: number, to: number, encoding: Encoding): number {
  const byte = bytes[i];
  if (byte === 37 && encoding !== "json") return readPercent(bytes, i, to);
  return values[byte];
}

/** Fills the buffer; returns how many bytes, or 0 where it is no base64 or no text. */
function decode(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): number {
  let bits = 0;
  let digits = 0;
  let written = 0;
  let odd = 0;
  let i = from;
  while (i < to && written < LONGEST) {
    const value = valueAt(bytes, i, to, encoding);
    i += bytes[i] === 37 ? 3 : 1;
    if (value === END) break;
    if (value === NONE) return 0;
    if (value < NONE) {
      bits = ((bits << 6) | value) & 0xffffff;
      digits++;
      if ((digits & 3) !== 1) {
        const byte = (bits >> (6 - 2 * ((digits - 1) & 3))) & 255;
        buffer[written] = byte;
        written++;
        odd += 1 - isPrintable[byte];
        if (odd * 20 > written + 19) return 0;
      }
    }
  }
  return digits < SHORTEST || (digits & 3) === 1 || odd * 20 > written ? 0 : written;
}

/** One group of four characters: whether it stands for three printable bytes. */
function isPrintableGroup(a: number, b: number, c: number, d: number): boolean {
  if ((a | b | c | d) >= NONE) return false;
  const bits = (a << 18) | (b << 12) | (c << 6) | d;
  return isPrintable[bits >> 16] + isPrintable[(bits >> 8) & 255] + isPrintable[bits & 255] === 3;
}

/**
 * Whether a value may be text in base64, by its first eight characters: quick, since each long value is asked. Long enough means that
 * there are twelve.
 */
export function mayBeBase64(bytes: ffi.Numbers, from: number, to: number): boolean {
  if (to - from < SHORTEST) return false;
  const isText = isPrintableGroup(
    values[bytes[from]],
    values[bytes[from + 1]],
    values[bytes[from + 2]],
    values[bytes[from + 3]],
  );
  if (!isText) return false;
  const i = from + 4;
  return isPrintableGroup(values[bytes[i]], values[bytes[i + 1]], values[bytes[i + 2]], values[bytes[i + 3]]);
}

/** The text that a whole value holds in base64, at most LONGEST bytes of it; nil where it holds none. */
export function readBase64(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): string | undefined {
  if (!mayBeBase64(bytes, from, to)) return undefined;
  const length = decode(bytes, from, to, encoding);
  return length === 0 ? undefined : ffi.string(buffer, length);
}

/** Whether base64 of so many characters is decoded as a whole. */
export function fitsBase64(length: number): boolean {
  return length <= (LONGEST * 4) / 3;
}
