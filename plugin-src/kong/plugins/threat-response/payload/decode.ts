import * as ffi from "ffi";
import { HEX, NOT_HEX } from "./byte-classes.ts";
import { ENTITIES } from "./entities.ts";

/**
 * Undoes the encodings of one value, layer after layer, in place in one buffer. Every escape becomes shorter or keeps its
 * length, so that the writer never overtakes the reader.
 */
const MAX_VALUE = 262144;
/** Layers beyond the transport's own. */
const MAX_PASSES = 6;

const buffer = ffi.new("uint8_t[?]", MAX_VALUE + 8);
/** The same for others: what a file exports itself is slower to reach for it. */
export const decoded = buffer;
/** Where the last escape read ended. */
let readTo = 0;

function readHex(at: number, digits: number, length: number): number {
  if (at + digits > length) return -1;
  let value = 0;
  let i = at;
  while (i < at + digits) {
    const digit = HEX[buffer[i]];
    if (digit === NOT_HEX) return -1;
    value = value * 16 + digit;
    i++;
  }
  return value;
}

/** The code points of three bytes that count as a space. */
function isWideSpace(codePoint: number): boolean {
  const isThin = codePoint >= 0x2000 && codePoint <= 0x200a;
  const isLine = codePoint === 0x2028 || codePoint === 0x2029;
  const isNarrow = codePoint === 0x202f || codePoint === 0x205f;
  return isThin || isLine || isNarrow || codePoint === 0x1680 || codePoint === 0x3000;
}

/** Writes a code point as the byte it stands for in an attack: Latin-1 as one byte, full-width forms as their ASCII. */
function writeCodePoint(at: number, codePoint: number): number {
  let value = codePoint;
  if (value >= 0xff01 && value <= 0xff5e) value -= 0xfee0;
  if (value === 0x2215 || value === 0x2044) value = 47;
  if (value === 0x2216) value = 92;
  if (value === 0x2018 || value === 0x2019 || value === 0x02b9 || value === 0x02bc) value = 39;
  if (isWideSpace(value)) value = 32;
  if (value < 256) {
    buffer[at] = value;
    return at + 1;
  }
  if (value >= 0x200b && value <= 0x200f) return at;
  if (value < 0x800) {
    buffer[at] = 0xc0 + (value >> 6);
    buffer[at + 1] = 0x80 + (value & 63);
    return at + 2;
  }
  if (value > 0xffff) {
    buffer[at] = 63;
    return at + 1;
  }
  buffer[at] = 0xe0 + (value >> 12);
  buffer[at + 1] = 0x80 + ((value >> 6) & 63);
  buffer[at + 2] = 0x80 + (value & 63);
  return at + 3;
}

/** `%XX` and `%uXXXX`; the code point, or -1 where it is only a percent sign. */
function readPercent(i: number, length: number): number {
  if ((buffer[i + 1] | 32) === 117) {
    readTo = i + 6;
    return readHex(i + 2, 4, length);
  }
  const high = HEX[buffer[i + 1]];
  const low = HEX[buffer[i + 2]];
  if (i + 3 > length || high === NOT_HEX || low === NOT_HEX) return -1;
  readTo = i + 3;
  return high * 16 + low;
}

/** `\xXX`, `\uXXXX`, `\u{X…}` and octal `\NNN` of quotes and angles. */
function readBackslash(i: number, length: number): number {
  const letter = buffer[i + 1] | 32;
  if (letter === 120) {
    readTo = i + 4;
    return readHex(i + 2, 2, length);
  }
  if (letter !== 117) return -1;
  if (buffer[i + 2] !== 123) {
    readTo = i + 6;
    return readHex(i + 2, 4, length);
  }
  let digits = 0;
  while (digits < 6 && i + 3 + digits < length && HEX[buffer[i + 3 + digits]] !== NOT_HEX) digits++;
  if (digits === 0 || i + 3 + digits >= length || buffer[i + 3 + digits] !== 125) return -1;
  readTo = i + 4 + digits;
  return readHex(i + 3, digits, length);
}

const LONGEST_ENTITY = 7;

function readNamedEntity(i: number, length: number): number {
  let end = i + 1;
  while (end < length && end - i <= LONGEST_ENTITY && (buffer[end] | 32) >= 97 && (buffer[end] | 32) <= 122) end++;
  if (end >= length || buffer[end] !== 59) return -1;
  readTo = end + 1;
  return ENTITIES[string.lower(ffi.string(advance(buffer, i + 1), end - i - 1))] ?? -1;
}

/** `&#N;`, `&#xN;` and the named entities that hide attacks. */
function readEntity(i: number, length: number): number {
  if (buffer[i + 1] !== 35) return readNamedEntity(i, length);
  const isHex = (buffer[i + 2] | 32) === 120;
  const base = isHex ? 16 : 10;
  let end = isHex ? i + 3 : i + 2;
  const first = end;
  let value = 0;
  while (end < length && end - first < 8 && HEX[buffer[end]] < base) {
    value = value * base + HEX[buffer[end]];
    end++;
  }
  if (end === first) return -1;
  readTo = end < length && buffer[end] === 59 ? end + 1 : end;
  return value;
}

/** What may begin one of these. */
const MAY_BE_WIDE = ffi.new("uint8_t[256]");
for (const byte of [0xc0, 0xc1, 0xc2, 0xe0, 0xe1, 0xe2, 0xe3, 0xef, 0xf0]) MAY_BE_WIDE[byte] = 1;

/** Three or four bytes for ASCII. */
function readOverlong(i: number, length: number, bytes: number): number {
  const isLong = bytes === 4 && buffer[i + 1] === 0x80;
  const high = buffer[i + bytes - 2];
  const low = buffer[i + bytes - 1];
  if ((bytes === 4 && !isLong) || (high | 1) !== 0x81 || low < 0x80 || low > 0xbf || i + bytes > length) return -1;
  readTo = i + bytes;
  return ((high & 1) << 6) + (low & 63);
}

/** Spaces, signs without width, and the full stop that names of hosts may be written with, of two and of three bytes. */
function readSpace(i: number, length: number): number {
  if (buffer[i] === 0xc2) {
    readTo = i + 2;
    return buffer[i + 1] === 0xa0 && readTo <= length ? 32 : -1;
  }
  readTo = i + 3;
  if (readTo > length) return -1;
  const codePoint = ((buffer[i] & 15) << 12) + ((buffer[i + 1] & 63) << 6) + (buffer[i + 2] & 63);
  if (codePoint >= 0x200b && codePoint <= 0x200f) return codePoint;
  if (codePoint === 0x3002) return 46;
  return isWideSpace(codePoint) ? 32 : -1;
}

/** Letters and digits in circles, which are made plain before a name is looked up. */
function readCircled(i: number, length: number): number {
  if (i + 2 >= length) return -1;
  readTo = i + 3;
  const sign = ((buffer[i + 1] & 63) << 6) + (buffer[i + 2] & 63);
  if (sign >= 0x460 && sign <= 0x468) return sign - 0x460 + 49;
  if (sign >= 0x4b6 && sign <= 0x4cf) return sign - 0x4b6 + 65;
  if (sign >= 0x4d0 && sign <= 0x4e9) return sign - 0x4d0 + 97;
  return sign === 0x4ea ? 48 : -1;
}

/** Overlong UTF-8 of ASCII, full-width and circled forms and spaces, which some parsers take for it. */
function readWide(i: number, length: number): number {
  const first = buffer[i];
  const second = buffer[i + 1];
  if (first === 0xe0 || first === 0xf0) return readOverlong(i, length, first === 0xe0 ? 3 : 4);
  if (first === 0xc2 || first === 0xe3 || first === 0xe1) return readSpace(i, length);
  if (first === 0xe2) return second >= 0x91 && second <= 0x93 ? readCircled(i, length) : readSpace(i, length);
  if ((first === 0xc0 || first === 0xc1) && (second === 46 || second === 47 || second === 92)) {
    readTo = i + 2;
    return second;
  }
  if (first === 0xef && i + 2 < length && (second === 0xbc || second === 0xbd)) {
    readTo = i + 3;
    const codePoint = 0xf000 + ((second & 63) << 6) + (buffer[i + 2] & 63);
    return codePoint >= 0xff01 && codePoint <= 0xff5e ? codePoint : -1;
  }
  if ((first === 0xc0 || first === 0xc1) && i + 1 < length && second >= 0x80) {
    readTo = i + 2;
    return ((first & 1) << 6) + (second & 63);
  }
  return -1;
}

function readEscape(byte: number, i: number, length: number): number {
  if (byte === 37) return readPercent(i, length);
  if (byte === 92) return readBackslash(i, length);
  if (byte === 38) return readEntity(i, length);
  return MAY_BE_WIDE[byte] === 1 ? readWide(i, length) : -1;
}

/** One layer of every encoding; returns the new length, which is smaller when there was any. */
function decodeLayer(length: number): number {
  let written = 0;
  let i = 0;
  while (i < length) {
    const byte = buffer[i];
    const codePoint = readEscape(byte, i, length);
    if (codePoint < 0) {
      buffer[written] = byte;
      written++;
      i++;
    } else {
      written = writeCodePoint(written, codePoint);
      i = readTo;
    }
  }
  return written;
}

function plusToBlank(length: number): void {
  let i = 0;
  while (i < length) {
    if (buffer[i] === 43) buffer[i] = 32;
    i++;
  }
}

const JSON_ESCAPES = ffi.new("uint8_t[256]");
for (const byte of $range(0, 255)) JSON_ESCAPES[byte] = byte;
JSON_ESCAPES[110] = 10;
JSON_ESCAPES[114] = 13;
JSON_ESCAPES[116] = 9;
JSON_ESCAPES[98] = 8;
JSON_ESCAPES[102] = 12;

function decodeJson(length: number): number {
  let written = 0;
  let i = 0;
  while (i < length) {
    const byte = buffer[i];
    if (byte !== 92 || i + 1 >= length) {
      buffer[written] = byte;
      written++;
      i++;
    } else {
      const codePoint = buffer[i + 1] === 117 ? readHex(i + 2, 4, length) : JSON_ESCAPES[buffer[i + 1]];
      i += buffer[i + 1] === 117 && codePoint >= 0 ? 6 : 2;
      written = writeCodePoint(written, codePoint < 0 ? 63 : codePoint);
    }
  }
  return written;
}

/** How a value is encoded on the wire, before all else. */
export type Encoding = "none" | "form" | "json";

/** How many layers the last value had, its own encoding on the wire apart, and its length without them. */
let layers = 0;
let undone = 0;

export function layersUndone(): number {
  return layers;
}

export function lengthUndone(): number {
  return undone;
}

function undoLayers(length: number): number {
  let shortest = length;
  layers = 0;
  for (const _ of $range(1, MAX_PASSES)) {
    const shorter = decodeLayer(shortest);
    if (shorter === shortest) return shortest;
    shortest = shorter;
    layers++;
  }
  return shortest;
}

/** Decodes `bytes[from, to)`, at most MAX_VALUE of them, into `decoded`; returns the length there. */
export function decodeValue(bytes: ffi.Numbers, from: number, to: number, encoding: Encoding): number {
  let length = Math.min(to - from, MAX_VALUE);
  ffi.copy(buffer, advance(bytes, from), length);
  // What lies behind the end must not look like the rest of an escape.
  ffi.fill(advance(buffer, length), 8);
  if (encoding === "form") plusToBlank(length);
  if (encoding === "json") length = decodeJson(length);
  undone = undoLayers(length);
  return undone;
}
