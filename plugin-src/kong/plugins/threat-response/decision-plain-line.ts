/**
 * The common line of a feed, `block ip <IPv4 address> <expires> <id> <incident>`, read byte by byte. With 50,000 of them the strings that
 * patterns make would keep the garbage collector busy for longer than a request may wait. Every other line is for `decision-line.ts`,
 * which decides the same about this one.
 */
export interface PlainBlock {
  /** The address as a number. */
  address: number;
  /** Epoch seconds. */
  expires: number;
  /** Where `<expires> <id> <incident>` begins in the text. */
  tail: number;
}

const START = "block ip ";
const SPACE = 32;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const FIRST_VISIBLE = 33;
const LAST_VISIBLE = 126;
const MAX_NAME = 128;
const MAX_DIGITS = 12;

/** Of the number that was read last. */
let value = 0;

/** Position behind up to `most` digits from `from` on, 0 when there are none or too many, or a zero leads. */
function readDigits(text: string, from: number, most: number): number {
  let position = from;
  let byte = string.byte(text, position);
  const first = byte;
  value = 0;
  while (byte >= ZERO && byte <= NINE) {
    value = value * 10 + byte - ZERO;
    position += 1;
    byte = string.byte(text, position);
  }
  const length = position - from;
  return length === 0 || length > most || (first === ZERO && length > 1) ? 0 : position;
}

/** The position of the space behind the address, or 0. */
function readAddress(text: string, from: number, block: PlainBlock): number {
  let position = from;
  let address = 0;
  for (const part of $range(1, 4)) {
    const next = readDigits(text, position, 3);
    if (next === 0 || value > 255 || string.byte(text, next) !== (part < 4 ? DOT : SPACE)) {
      return 0;
    }
    address = address * 256 + value;
    position = next + 1;
  }
  block.address = address;
  return position - 1;
}

/** Position behind a name, 0 when there is none or one that needs a closer look. */
function skipName(text: string, from: number): number {
  let position = from;
  let byte = string.byte(text, position);
  while (byte >= FIRST_VISIBLE && byte <= LAST_VISIBLE) {
    position += 1;
    byte = string.byte(text, position);
  }
  const length = position - from;
  return length === 0 || length > MAX_NAME ? 0 : position;
}

/** Whether the line that begins at `from`, and whose line feed is at `end`, is a plain block; then `block` says which. */
export function readPlainBlock(text: string, from: number, end: number, block: PlainBlock): boolean {
  if (string.sub(text, from, from + START.length - 1) !== START) {
    return false;
  }
  const space = readAddress(text, from + START.length, block);
  if (space === 0) {
    return false;
  }
  block.tail = space + 1;
  const afterExpiry = readDigits(text, block.tail, MAX_DIGITS);
  block.expires = value;
  if (afterExpiry === 0 || string.byte(text, afterExpiry) !== SPACE) {
    return false;
  }
  const afterId = skipName(text, afterExpiry + 1);
  if (afterId === 0 || string.byte(text, afterId) !== SPACE) {
    return false;
  }
  return skipName(text, afterId + 1) === end;
}
