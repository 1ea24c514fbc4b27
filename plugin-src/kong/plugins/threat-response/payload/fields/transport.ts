import * as ffi from "ffi";
import { HEX, NOT_HEX } from "../byte-classes.ts";
import type { Encoding } from "../decode.ts";

/** One value as its format wrote it, with that one layer undone and no other: what is inside may be a text with a structure of its own. */
const LONGEST = 65536;
const buffer = ffi.new("uint8_t[?]", LONGEST + 4);

const PERCENT = 37;
const PLUS = 43;
const BACKSLASH = 92;

let written = 0;

function put(byte: number): void {
  buffer[written] = byte;
  written++;
}

function readHex(bytes: ffi.Numbers, at: number, digits: number, to: number): number {
  if (at + digits > to) return -1;
  let value = 0;
  for (const i of $range(at, at + digits - 1)) {
    const digit = HEX[bytes[i]];
    if (digit === NOT_HEX) return -1;
    value = value * 16 + digit;
  }
  return value;
}

export function putCodePoint(codePoint: number, to: ffi.Numbers, at: number): number {
  if (codePoint < 0x80) {
    to[at] = codePoint;
    return at + 1;
  }
  if (codePoint < 0x800) {
    to[at] = 0xc0 + (codePoint >> 6);
    to[at + 1] = 0x80 + (codePoint & 63);
    return at + 2;
  }
  to[at] = 0xe0 + ((codePoint >> 12) & 15);
  to[at + 1] = 0x80 + ((codePoint >> 6) & 63);
  to[at + 2] = 0x80 + (codePoint & 63);
  return at + 3;
}

const JSON_ESCAPES: Record<number, number | undefined> = { 110: 10, 114: 13, 116: 9, 98: 8, 102: 12 };

/** Reads the escape behind the backslash at `i - 1`; returns the index behind it. */
function readJsonEscape(bytes: ffi.Numbers, i: number, to: number): number {
  const letter = bytes[i];
  const codePoint = letter === 117 ? readHex(bytes, i + 1, 4, to) : -1;
  if (codePoint < 0) {
    put(JSON_ESCAPES[letter] ?? letter);
    return i + 1;
  }
  written = putCodePoint(codePoint, buffer, written);
  return i + 5;
}

/** Index behind the byte that was written for what is at `i`. */
function readPercentByte(bytes: ffi.Numbers, i: number, to: number, plus: number): number {
  const byte = bytes[i];
  const value = byte === PERCENT ? readHex(bytes, i + 1, 2, to) : -1;
  if (value >= 0) {
    put(value);
    return i + 3;
  }
  put(byte === PLUS ? plus : byte);
  return i + 1;
}

/** `bytes[from, to)` with one layer undone, at most LONGEST bytes of it. */
export function undoTransport(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): string {
  const end = Math.min(to, from + LONGEST);
  written = 0;
  let i = from;
  while (i < end) {
    if (encoding !== "json") {
      i = readPercentByte(bytes, i, end, encoding === "form" ? 32 : PLUS);
    } else if (bytes[i] === BACKSLASH && i + 1 < end) {
      i = readJsonEscape(bytes, i + 1, end);
    } else {
      put(bytes[i]);
      i++;
    }
  }
  return ffi.string(buffer, written);
}
