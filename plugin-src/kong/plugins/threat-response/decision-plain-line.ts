import type { Numbers } from "ffi";
import * as ffi from "ffi";
import { type AddressKey, createKey, IPV6, setAround } from "./decision-key.ts";

/**
 * The usual line of a feed, `<action> ip <address or range> <expires> <id> <incident>` with at most one parameter, read byte by byte. With
 * 50,000 of them the strings that patterns make would keep the garbage collector busy for longer than a request may wait. Every other line
 * is for `decision-line.ts`, which decides the same about this one.
 */
export interface PlainLine {
  key: AddressKey;
  /** Epoch seconds. */
  expires: number;
}

const LINE_FEED = 10;
const SPACE = 32;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const LOWER_A = 97;
const FIRST_VISIBLE = 33;
const LAST_VISIBLE = 126;
const MAX_NAME = 128;
const MAX_DIGITS = 12;
const MAPPED = 0xffff;

const literal = (text: string): Numbers => {
  const bytes = ffi.new("uint8_t[16]");
  ffi.copy(bytes, text, text.length);
  return bytes;
};
const ALLOW = literal("allow ip ");
const BLOCK = literal("block ip ");
const THROTTLE = literal("throttle ip ");
const LOGIN = literal(" scope=login");
const RATE = literal(" rps=");

/** Of the number that was read last. */
let value = 0;
const address = createKey();
const groups = ffi.new("uint16_t[8]");

/** Position behind the zero-terminated literal, or 0. */
function skipLiteral(bytes: Numbers, from: number, expected: Numbers): number {
  let length = 0;
  while (expected[length] !== 0) {
    if (bytes[from + length] !== expected[length]) {
      return 0;
    }
    length += 1;
  }
  return from + length;
}

/** Position behind up to `most` digits from `from` on, 0 when there are none or too many, or a zero leads. */
function readDigits(bytes: Numbers, from: number, most: number): number {
  let position = from;
  let byte = bytes[position];
  const first = byte;
  value = 0;
  while (byte >= ZERO && byte <= NINE) {
    value = value * 10 + byte - ZERO;
    position += 1;
    byte = bytes[position];
  }
  const length = position - from;
  return length === 0 || length > most || (first === ZERO && length > 1) ? 0 : position;
}

/** Position behind the address, or 0. */
function readIpv4(bytes: Numbers, from: number): number {
  let position = from;
  let number = 0;
  for (const part of $range(1, 4)) {
    position = readDigits(bytes, position, 3);
    if (position === 0 || value > 255 || (part < 4 && bytes[position] !== DOT)) {
      return 0;
    }
    number = (number << 8) | value;
    position += 1;
  }
  address[0] = number;
  address[1] = 0;
  address[2] = 0;
  address[3] = 0;
  return position - 1;
}

/** Position behind a group of an IPv6 address, the same when there is none. */
function readGroup(bytes: Numbers, from: number): number {
  let position = from;
  value = 0;
  while (position < from + 4) {
    const byte = bytes[position];
    const isDigit = byte >= ZERO && byte <= NINE;
    if (!isDigit && (byte < LOWER_A || byte > LOWER_A + 5)) {
      return position;
    }
    value = value * 16 + (isDigit ? byte - ZERO : byte - LOWER_A + 10);
    position += 1;
  }
  return position;
}

/** Eight groups as four words, with zeros where `::` stood, before the group of number `gap`. */
function joinGroups(count: number, gap: number): boolean {
  if (gap < 0 ? count !== 8 : count > 7) {
    return false;
  }
  for (const word of $range(0, 3)) {
    let joined = 0;
    for (const place of $range(word * 2, word * 2 + 1)) {
      const isTail = gap >= 0 && place >= gap + 8 - count;
      const group = isTail ? place - 8 + count : place;
      const isGap = gap >= 0 && place >= gap && !isTail;
      joined = (joined << 16) | (isGap ? 0 : groups[group]);
    }
    address[word] = joined;
  }
  // IPv4 in disguise.
  return !(address[0] === 0 && address[1] === 0 && address[2] === MAPPED);
}

/** Position behind the address, or 0. */
function readIpv6(bytes: Numbers, from: number): number {
  let position = from;
  let count = 0;
  let gap = -1;
  while (count < 8) {
    if (bytes[position] === COLON && bytes[position + 1] === COLON && gap < 0) {
      gap = count;
      position += 2;
    } else if (count > 0 && bytes[position] === COLON) {
      position += 1;
    } else if (count > 0) {
      break;
    }
    const next = readGroup(bytes, position);
    if (next === position) {
      // Nothing may follow `::`; elsewhere a group is missing.
      if (gap !== count) {
        return 0;
      }
      break;
    }
    groups[count] = value;
    count += 1;
    position = next;
  }
  return joinGroups(count, gap) ? position : 0;
}

/** Position behind the address or range, or 0. */
function readRange(bytes: Numbers, from: number, key: AddressKey): number {
  let position = readIpv4(bytes, from);
  const bits = position === 0 ? 128 : 32;
  const family = position === 0 ? IPV6 : 0;
  if (position === 0) {
    position = readIpv6(bytes, from);
  }
  value = bits;
  if (position !== 0 && bytes[position] === SLASH) {
    position = readDigits(bytes, position + 1, 3);
  }
  if (position === 0 || value > bits) {
    return 0;
  }
  setAround(key, address, family + value);
  return position;
}

/** Position behind a space and a name, 0 when there is none or one that needs a closer look. */
function skipName(bytes: Numbers, from: number): number {
  if (bytes[from] !== SPACE) {
    return 0;
  }
  let position = from + 1;
  let byte = bytes[position];
  while (byte >= FIRST_VISIBLE && byte <= LAST_VISIBLE) {
    position += 1;
    byte = bytes[position];
  }
  const length = position - from - 1;
  return length === 0 || length > MAX_NAME ? 0 : position;
}

function skipParameter(bytes: Numbers, from: number): number {
  const afterLogin = skipLiteral(bytes, from, LOGIN);
  const rate = afterLogin === 0 ? skipLiteral(bytes, from, RATE) : 0;
  if (rate === 0) {
    return afterLogin;
  }
  const afterRate = readDigits(bytes, rate, 6);
  return value > 0 ? afterRate : 0;
}

function skipAction(bytes: Numbers, from: number): number {
  const afterBlock = skipLiteral(bytes, from, BLOCK);
  if (afterBlock !== 0) {
    return afterBlock;
  }
  const afterThrottle = skipLiteral(bytes, from, THROTTLE);
  return afterThrottle !== 0 ? afterThrottle : skipLiteral(bytes, from, ALLOW);
}

/** The place of the line feed of a plain line that begins at `from`, then `line` says what it is about; else 0. A line feed has to follow somewhere. */
export function readPlainLine(bytes: Numbers, from: number, line: PlainLine): number {
  const start = skipAction(bytes, from);
  const space = start === 0 ? 0 : readRange(bytes, start, line.key);
  if (space === 0 || bytes[space] !== SPACE) {
    return 0;
  }
  const afterExpiry = readDigits(bytes, space + 1, MAX_DIGITS);
  line.expires = value;
  const afterId = afterExpiry === 0 ? 0 : skipName(bytes, afterExpiry);
  const afterIncident = afterId === 0 ? 0 : skipName(bytes, afterId);
  if (afterIncident === 0 || bytes[afterIncident] === LINE_FEED) {
    return afterIncident;
  }
  const end = skipParameter(bytes, afterIncident);
  return bytes[end] === LINE_FEED ? end : 0;
}
