import * as ffi from "ffi";
import { decoded as buffer } from "./decode.ts";

const MAX_FOLDED = 2048;
const folded = ffi.new("uint8_t[?]", MAX_FOLDED);

const BLANK = 32;
const QUOTE = 34;
const DOLLAR = 36;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const CARET = 94;
const BACKQUOTE = 96;

let written = 0;
/** Whether anything was taken out of the middle of a word: the rest is what everybody writes. */
let isPieced = false;

/** What words of commands and paths are made of. */
const inWord = ffi.new("uint8_t[256]");
for (const byte of $range(97, 122)) {
  inWord[byte] = 1;
  inWord[byte - 32] = 1;
}
inWord[47] = 1;

/** Index behind what a shell takes for nothing at `i`: empty quotes and expansions; `i` itself where there is none. */
function skipNothing(i: number, to: number): number {
  const byte = buffer[i];
  const next = i + 1 < to ? buffer[i + 1] : 0;
  if (byte === DOLLAR) {
    const isEmpty = next === 64 || next === 42 || next === 33 || (next >= 49 && next <= 57);
    if (isEmpty) return i + 2;
    return next === 40 && i + 2 < to && buffer[i + 2] === 41 ? i + 3 : i;
  }
  if (byte === BACKQUOTE) return next === BACKQUOTE ? i + 2 : i;
  if (byte === BACKSLASH && (next === 10 || next === 13)) return i + 2;
  const isMask = byte === QUOTE || byte === APOSTROPHE || byte === BACKSLASH || byte === CARET;
  return isMask && next !== BACKSLASH ? i + 1 : i;
}

/** Index behind `$IFS`, `${IFS}` or `$IFS$9` at `i`, which stands for a blank; `i` itself where there is none. */
function skipSeparator(i: number, to: number): number {
  const start = buffer[i + 1] === 123 ? i + 2 : i + 1;
  if (buffer[i] !== DOLLAR || start + 3 > to) return i;
  const isName = (buffer[start] | 32) === 105 && (buffer[start + 1] | 32) === 102 && (buffer[start + 2] | 32) === 115;
  if (!isName) return i;
  let end = start + 3;
  while (end < to && start === i + 2 && buffer[end] !== 125 && end < start + 12) end++;
  return start === i + 2 && end < to ? end + 1 : end;
}

/** Where the word that is being written begins, and whether it was in pieces. */
let wordFrom = 0;
let isWordPieced = false;

function put(byte: number): void {
  const small = byte | 32;
  const isLetter = small >= 97 && small <= 122;
  if (inWord[byte] === 0) {
    wordFrom = written + 1;
    isWordPieced = false;
  }
  folded[written] = isLetter ? small - (isWordPieced ? 32 : 0) : byte;
  written++;
}

/** What is written of the word so far becomes capitals, once. */
function markWord(): void {
  if (isWordPieced) return;
  isWordPieced = true;
  isPieced = true;
  for (const i of $range(wordFrom, written - 1)) {
    if (folded[i] >= 97 && folded[i] <= 122) folded[i] = folded[i] - 32;
  }
}

/**
 * The text as a shell reads it: quotes, escapes and empty expansions taken out of words, `$IFS` as a blank; words that were in pieces in capitals, all others
 * small. Folds at most MAX_FOLDED bytes of `buffer[from, end)`; nothing where no word was in pieces.
 */
export function foldShell(from: number, end: number): string | undefined {
  const to = math.min(end, from + MAX_FOLDED);
  written = 0;
  wordFrom = 0;
  isWordPieced = false;
  isPieced = false;
  let i = from;
  while (i < to) {
    const blank = skipSeparator(i, to);
    const behind = blank > i ? blank : skipNothing(i, to);
    if (blank > i) put(BLANK);
    else if (behind === i) put(buffer[i]);
    else if (behind < to && inWord[buffer[behind]] === 1 && written > wordFrom) markWord();
    i = behind > i ? behind : i + 1;
  }
  return isPieced ? ffi.string(folded, written) : undefined;
}
