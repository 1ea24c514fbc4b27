import * as ffi from "ffi";

/**
 * The automaton's alphabet: bytes that no literal tells apart share a class, so that its table stays small. Letters are
 * folded, white space is one class.
 */
export const OTHER = 0;
export const BLANK = 1;
/** Classes from here on stand for escapes that have to be decoded first; they never reach the automaton. */
export const FIRST_ESCAPE = 126;
export const PERCENT = 126;
export const BACKSLASH = 127;

/** Printable ASCII, and the bytes that start other spaces, overlong, circled and full-width encodings and serialised Java objects. */
const DISTINCT =
  "!\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" +
  string.char(0xa0, 0xac, 0xbc, 0xc0, 0xc1, 0xc2, 0xe0, 0xe1, 0xe2, 0xe3, 0xed, 0xee, 0xef, 0xf0);

function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** How many classes there are. */
export const CLASSES = BLANK + DISTINCT.length + 1;

/** As text is after decoding. */
export const PLAIN = ffi.new("uint8_t[256]");
for (const i of $range(1, DISTINCT.length)) {
  const byte = string.byte(DISTINCT, i);
  PLAIN[byte] = BLANK + i;
  if (byte >= 97 && byte <= 122) PLAIN[byte - 32] = BLANK + i;
}
for (const byte of $range(0, 255)) {
  if (isBlank(byte)) PLAIN[byte] = BLANK;
}

function copyOfPlain(): ffi.Numbers {
  const classes = ffi.new("uint8_t[256]");
  ffi.copy(classes, PLAIN, 256);
  return classes;
}

/** As paths and headers are on the wire: %XX. */
export const ENCODED = copyOfPlain();
ENCODED[37] = PERCENT;

/** As queries and forms are on the wire: %XX, and + for a space. */
export const FORM = copyOfPlain();
FORM[37] = PERCENT;
FORM[43] = BLANK;

/** As JSON is on the wire: backslash escapes; quotes are only bounds of strings. */
export const JSON_TEXT = copyOfPlain();
JSON_TEXT[37] = PERCENT;
JSON_TEXT[92] = BACKSLASH;
JSON_TEXT[34] = OTHER;

export function classOfByte(byte: number): number {
  return PLAIN[byte];
}

/** Value of a hexadecimal digit, or NOT_HEX. */
export const HEX = ffi.new("uint8_t[256]");
export const NOT_HEX = 16;
for (const byte of $range(0, 255)) HEX[byte] = NOT_HEX;
for (const digit of $range(0, 9)) HEX[48 + digit] = digit;
for (const digit of $range(10, 15)) {
  HEX[55 + digit] = digit;
  HEX[87 + digit] = digit;
}
