import * as ffi from "ffi";
import { FIRST_WORD, TOKEN_KINDS } from "./tokens.ts";

/**
 * Turns tokens into places in the table of weights: a token with what stood before it, two tokens, three groups of tokens. Each part
 * has random bits of its own, and a feature is their exclusive or.
 */
export const FEATURES = 32768;

/** By token and gap. */
export const single = ffi.new("uint16_t[?]", TOKEN_KINDS * 4);
/** Former and latter of two. */
export const former = ffi.new("uint16_t[?]", TOKEN_KINDS);
export const latter = ffi.new("uint16_t[?]", TOKEN_KINDS);
/** First, second and third of three, by token: tokens of one group have the same. */
export const first = ffi.new("uint16_t[?]", TOKEN_KINDS);
export const second = ffi.new("uint16_t[?]", TOKEN_KINDS);
export const third = ffi.new("uint16_t[?]", TOKEN_KINDS);

let state = 1;

/** Xorshift: the same bits in every run. */
function nextBits(): number {
  state = state ^ (state << 13);
  state = state ^ (state >>> 17);
  state = state ^ (state << 5);
  return (state >> 7) & (FEATURES - 1);
}

/** What three in a row are told apart by: signs by themselves, numbers and unknown words by kind. */
function groupOfKind(token: number): number {
  if (token >= 97 && token <= 122) return 97;
  if (token >= 200 && token < FIRST_WORD) return token <= 201 ? token : 202;
  if (token >= 16 && token < 24) return 16;
  if (token >= 24 && token < 32) return 24;
  return token;
}

const GROUPS = 512;
const groupBits = ffi.new("uint16_t[?]", GROUPS * 3);

function fillBits(): void {
  for (const i of $range(0, TOKEN_KINDS * 4 - 1)) single[i] = nextBits();
  for (const i of $range(0, TOKEN_KINDS - 1)) {
    former[i] = nextBits();
    latter[i] = nextBits();
  }
  for (const i of $range(0, GROUPS * 3 - 1)) groupBits[i] = nextBits();
}

/** Gives `token` the bits of `group`. */
export function joinGroup(token: number, group: number): void {
  first[token] = groupBits[group * 3];
  second[token] = groupBits[group * 3 + 1];
  third[token] = groupBits[group * 3 + 2];
}

fillBits();
for (const token of $range(0, FIRST_WORD - 1)) joinGroup(token, groupOfKind(token));
