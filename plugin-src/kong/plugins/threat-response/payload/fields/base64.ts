import * as ffi from "ffi";
import { HEX, NOT_HEX } from "../byte-classes.ts";
import type { Encoding } from "../decode.ts";

/** Text that was wrapped in base64 as a whole value. Random tokens are told apart after a few bytes, since hardly any of them is printable. */
const LONGEST = 16384;
const SHORTEST = 12;
/** Of these, without what pads them. */
const FEWEST = 9;
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

/** What a byte is in UTF-8: a sign of its own, the lead of so many more, one of these, or nothing that a text has. */
const CONTINUES = 4;
const ODD = 5;
const roles = ffi.new("uint8_t[256]");
for (const byte of $range(0, 255)) {
  let role = byte < 32 || byte === 127 ? ODD : 0;
  if (byte === 9 || byte === 10 || byte === 13) role = 0;
  if (byte >= 0x80) role = byte < 0xc0 ? CONTINUES : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf5 ? 3 : ODD;
  roles[byte] = role;
}

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

/** How many bytes of a sign are still to come, after `byte` where `pending` were; negative where the byte is odd there. */
function follow(pending: number, byte: number): number {
  const role = roles[byte];
  if (pending > 0) return role === CONTINUES ? pending - 1 : -1;
  return role < CONTINUES ? role : -1;
}

/** Fills the buffer; returns how many bytes, or 0 where it is no base64 or no text. */
function decode(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): number {
  let bits = 0;
  let digits = 0;
  let written = 0;
  let odd = 0;
  let pending = 0;
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
        pending = follow(pending, byte);
        if (pending < 0) {
          pending = 0;
          odd++;
          if (odd * 20 > written + 19) return 0;
        }
      }
    }
  }
  return digits < FEWEST || (digits & 3) === 1 || odd * 20 > written + 19 ? 0 : written;
}

/** Characters that are looked at first, and how many of the six bytes they stand for may be odd. */
const FIRST = 8;
const FEW = 1;

/**
 * Whether a value may be text in base64, by its first eight characters: quick, since each long value is asked. Long enough means that
 * there are twelve.
 */
export function mayBeBase64(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): boolean {
  if (to - from < SHORTEST) return false;
  let bits = 0;
  let odd = 0;
  let pending = 0;
  let i = from;
  for (const digit of $range(0, FIRST - 1)) {
    const value = i < to ? valueAt(bytes, i, to, encoding) : NONE;
    if (value >= NONE) return false;
    i += bytes[i] === 37 ? 3 : 1;
    bits = ((bits << 6) | value) & 0xffffff;
    if ((digit & 3) !== 0) {
      pending = follow(pending, (bits >> (6 - 2 * (digit & 3))) & 255);
      if (pending < 0) {
        pending = 0;
        odd++;
        if (odd > FEW) return false;
      }
    }
  }
  return true;
}

/** Base64 of base64 is as easy to write; of more nobody has seen use. */
const LAYERS = 3;

/** The text that a whole value holds in base64, at most LONGEST bytes of it; nil where it holds none. */
export function readBase64(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): string | undefined {
  if (!mayBeBase64(bytes, from, to, encoding)) return undefined;
  let length = decode(bytes, from, to, encoding);
  if (length === 0) return undefined;
  let text = ffi.string(buffer, length);
  for (const _ of $range(2, LAYERS)) {
    const inner = ffi.cast("const uint8_t *", text);
    length = mayBeBase64(inner, 0, text.length, "none") ? decode(inner, 0, text.length, "none") : 0;
    if (length === 0) return text;
    text = ffi.string(buffer, length);
  }
  return text;
}

/** Whether base64 of so many characters is decoded as a whole. */
export function fitsBase64(length: number): boolean {
  return length <= (LONGEST * 4) / 3;
}
