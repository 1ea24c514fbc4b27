import * as ffi from "ffi";
import { decoded } from "./decode.ts";

/**
 * Cuts decoded text into tokens: known words, classes of other words and of numbers, quotes, operators. White space and comments are
 * no tokens, but each token knows what stood before it. No strings and no tables: one pass over the buffer, into buffers.
 */

export const MAX_TOKENS = 4096;

/** What a token is; at most TOKEN_KINDS. Single bytes of punctuation and single letters stand for themselves. */
export const tokens = ffi.new("uint16_t[?]", MAX_TOKENS + 2);
/** Where each token starts in the buffer; the one behind the last tells where that ends. */
export const starts = ffi.new("int32_t[?]", MAX_TOKENS + 2);
/** What stood before each token. */
export const gaps = ffi.new("uint8_t[?]", MAX_TOKENS + 2);

export const BEGIN = 1;
export const END = 2;
const CONTROL = 3;
const NOT_ASCII = 4;
const NUL = 5;
/** Three or more of one sign. */
const RUN = 6;
const HEX_NUMBER = 7;
const HEX_WORD = 8;
/** `onload`, `onwhatever`: what may be an event's name. */
const EVENT_WORD = 9;
/** Three or more dots or slashes. */
const DOT_RUN = 10;
/** From here on: unknown words by length. */
const WORD = 16;
/** From here on: unknown words with digits in them, by length. */
const MIXED_WORD = 24;
/** From here on: pairs of signs, as in PAIRS. */
const PAIR = 128;
/** From here on: numbers by length. */
const NUMBER = 200;
/** From here on: known words. */
export const FIRST_WORD = 256;
export const TOKEN_KINDS = 2048;

export const GAP_NONE = 0;
export const GAP_BLANK = 1;
export const GAP_LINE = 2;
export const GAP_COMMENT = 3;

/** Signs that mean something together. The order is part of the model: only ever append. */
const PAIRS =
  "-- || && ;; :: == != <> <= >= << >> => -> .. // \\\\ </ <! <? <% %> ?> /> ${ #{ %{ {{ }} {% %} $( <( >( () [] {} @@ '' \"\" `` )) (( ** ++ *= += |= !! ]( ); \"> '> ', '( ') (' \")";

const LETTER = 1;
const DIGIT = 2;
const BLANK = 3;
const LINE = 4;
const SIGN = 5;
const HIGH = 6;
const OTHER = 7;

const kinds = ffi.new("uint8_t[256]");
const pairs = ffi.new("uint8_t[?]", 128 * 128);

function fillKinds(): void {
  for (const byte of $range(0, 255)) {
    let kind = byte >= 128 ? HIGH : SIGN;
    if (byte < 32 || byte === 127) kind = OTHER;
    if ((byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95) kind = LETTER;
    if (byte >= 48 && byte <= 57) kind = DIGIT;
    if (byte === 32 || byte === 9 || byte === 11 || byte === 12 || byte === 0xa0) kind = BLANK;
    if (byte === 10 || byte === 13) kind = LINE;
    kinds[byte] = kind;
  }
}

function fillPairs(): void {
  let i = 1;
  let pair = PAIR;
  while (i <= PAIRS.length) {
    pairs[string.byte(PAIRS, i) * 128 + string.byte(PAIRS, i + 1)] = pair;
    pair++;
    i += 3;
  }
}

/** Of a word's bytes: what each says about the word, 0 for all others; and the byte in lower case. */
const IN_WORD = 1;
const BEYOND_HEX = 2;
const HAS_DIGIT = 4;
const wordFlags = ffi.new("uint8_t[256]");
const lowered = ffi.new("uint8_t[256]");

function fillWordBytes(): void {
  for (const byte of $range(0, 255)) {
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    const letter = lower > 102 || lower === 95 ? IN_WORD + BEYOND_HEX : IN_WORD;
    lowered[byte] = lower;
    if (kinds[byte] === LETTER) wordFlags[byte] = letter;
    if (kinds[byte] === DIGIT) wordFlags[byte] = IN_WORD + HAS_DIGIT;
  }
}

fillKinds();
fillPairs();
fillWordBytes();

/** Known words by hash, open addressing: no word is ever compared as text. */
const SLOTS = 8192;
const wordHashes = ffi.new("int32_t[?]", SLOTS);
const wordTokens = ffi.new("uint16_t[?]", SLOTS);

function mixByte(hash: number, byte: number): number {
  return ((hash << 5) | (hash >>> 27)) ^ (byte + (hash >> 3));
}

function slotOf(hash: number): number {
  return (hash ^ (hash >> 11) ^ (hash >> 19)) & (SLOTS - 1);
}

function tokenOfWord(hash: number): number {
  let slot = slotOf(hash);
  while (wordTokens[slot] !== 0) {
    if (wordHashes[slot] === hash) return wordTokens[slot];
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

/** Cold. */
export function forgetWords(): void {
  ffi.fill(wordTokens, SLOTS * 2);
}

/** Makes `word`, in lower case, known as `token`. Cold. The first that is learned stays. */
export function learnWord(word: string, token: number): void {
  let hash = 0;
  for (const i of $range(1, word.length)) hash = mixByte(hash, string.byte(word, i));
  if (tokenOfWord(hash) !== 0) return;
  let slot = slotOf(hash);
  while (wordTokens[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
  wordHashes[slot] = hash;
  wordTokens[slot] = token;
}

function bucketOf(length: number): number {
  if (length <= 3) return length - 1;
  if (length <= 5) return 3;
  if (length <= 8) return 4;
  if (length <= 15) return 5;
  return length <= 31 ? 6 : 7;
}

/** Where the token just read ends. */
let ended = 0;

/** A word and the digits in it. */
function readWord(from: number, to: number): number {
  let hash = 0;
  let flags = 0;
  let end = to;
  for (const i of $range(from, to - 1)) {
    const byte = decoded[i];
    const flag = wordFlags[byte];
    if (flag === 0) {
      end = i;
      break;
    }
    flags = flags | flag;
    hash = mixByte(hash, lowered[byte]);
  }
  ended = end;
  const length = end - from;
  if (length === 1) return decoded[from] | 32;
  const token = tokenOfWord(hash);
  if (token !== 0) return token;
  if ((flags & HAS_DIGIT) !== 0)
    return (flags & BEYOND_HEX) === 0 && length > 7 ? HEX_WORD : MIXED_WORD + bucketOf(length);
  if (length > 4 && length < 20 && (decoded[from] | 32) === 111 && (decoded[from + 1] | 32) === 110) return EVENT_WORD;
  return WORD + bucketOf(length);
}

/** A number; `0x…`; or a word that begins with digits, unless what follows the digits is a known word. */
function readNumber(from: number, to: number): number {
  let i = from;
  while (i < to && kinds[decoded[i]] === DIGIT) i++;
  ended = i;
  const digits = i - from;
  const number = NUMBER + (digits === 1 ? Math.min(decoded[from] - 48, 2) : 4 + bucketOf(digits));
  if (i >= to || kinds[decoded[i]] !== LETTER) return number;
  if (digits === 1 && decoded[from] === 48 && (decoded[i] | 32) === 120) {
    readWord(i, to);
    return HEX_NUMBER;
  }
  const word = readWord(i, to);
  if (word >= FIRST_WORD) {
    ended = i;
    return number;
  }
  const length = ended - from;
  return word === HEX_WORD || (word < WORD && length > 7) ? HEX_WORD : MIXED_WORD + bucketOf(length);
}

/** One sign, two that mean something together, or a run of one. */
function readSign(byte: number, from: number, to: number): number {
  const next = from + 1 < to ? decoded[from + 1] : 0;
  if (next === byte && from + 2 < to && decoded[from + 2] === byte) {
    let i = from + 3;
    while (i < to && decoded[i] === byte) i++;
    ended = i;
    return byte === 46 || byte === 47 || byte === 92 ? DOT_RUN : RUN;
  }
  const pair = next < 128 ? pairs[byte * 128 + next] : 0;
  ended = pair === 0 ? from + 1 : from + 2;
  return pair === 0 ? byte : pair;
}

function readOther(byte: number, kind: number, from: number, to: number): number {
  let i = from + 1;
  if (kind === HIGH) {
    while (i < to && decoded[i] >= 128) i++;
  }
  ended = i;
  if (kind === HIGH) return NOT_ASCII;
  return byte === 0 ? NUL : CONTROL;
}

/** Longest comment that counts as white space. */
const MAX_COMMENT = 64;

/** No comment ends before this index: whoever opens many is not searched for each. */
let unclosedTo = 0;

/** Index behind the comment that starts at `from`, or `from`. What MySQL executes inside a comment is text: only its start is skipped. */
function skipComment(from: number, to: number): number {
  let i = from + 2;
  if (i < to && decoded[i] === 33) {
    i++;
    while (i < to && kinds[decoded[i]] === DIGIT) i++;
    return i;
  }
  const limit = Math.min(to - 1, i + MAX_COMMENT);
  i = Math.max(i, unclosedTo);
  while (i < limit) {
    if (decoded[i] === 42 && decoded[i + 1] === 47) return i + 2;
    i++;
  }
  unclosedTo = Math.max(unclosedTo, limit);
  return from;
}

/** How far `tokenize` got. */
let reached = 0;

export function tokenizedTo(): number {
  return reached;
}

/** Cuts `decoded[from, to)`; stops when the buffers are full. Returns the number of tokens. */
export function tokenize(from: number, to: number): number {
  let count = 0;
  let gap = GAP_NONE;
  let i = from;
  unclosedTo = from;
  while (i < to && count < MAX_TOKENS) {
    const byte = decoded[i];
    const kind = kinds[byte];
    if (kind === BLANK) {
      if (gap === GAP_NONE) gap = GAP_BLANK;
      i++;
    } else if (kind === LINE) {
      gap = GAP_LINE;
      i++;
    } else {
      let behind = i;
      if (byte === 47 && i + 1 < to && decoded[i + 1] === 42) behind = skipComment(i, to);
      else if (byte === 42 && i + 1 < to && decoded[i + 1] === 47) behind = i + 2;
      if (behind > i) {
        gap = GAP_COMMENT;
        i = behind;
      } else {
        starts[count] = i;
        gaps[count] = gap;
        gap = GAP_NONE;
        let token = 0;
        if (kind === LETTER) token = readWord(i, to);
        else if (kind === DIGIT) token = readNumber(i, to);
        else if (kind === SIGN) token = readSign(byte, i, to);
        else token = readOther(byte, kind, i, to);
        tokens[count] = token;
        count++;
        i = ended;
      }
    }
  }
  starts[count] = i;
  gaps[count] = gap;
  reached = i;
  return count;
}
