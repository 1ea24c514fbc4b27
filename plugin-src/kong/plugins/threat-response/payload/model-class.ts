import * as ffi from "ffi";
import type { Match } from "./confirm.ts";
import { former, latter } from "./features.ts";
import { TRAINED } from "./model/trained.ts";
import { weightAt } from "./model-score.ts";
import { BEGIN, TOKEN_KINDS, tokenize, tokens } from "./tokens.ts";

/** Names the class of an attack by its worst place and by the rules that hold there. Cold: on hits only. */

/** By pairs of tokens, behind those by token; behind both those by rule. */
const PAIRS = 1024;
const FIRST_RULE = TOKEN_KINDS + PAIRS;
const MAX_RULES = 128;
const ROW = FIRST_RULE + MAX_RULES;
/** Of a long window as many tokens as training looks at. */
const MOST_TOKENS = 200;

const { classes, classRows } = TRAINED;
const weights = ffi.new("int8_t[?]", ROW * classes.length);
const scores = ffi.new("int32_t[?]", classes.length);
/** The look in which a feature was last seen: each counts once. */
const seen = ffi.new("int32_t[?]", ROW);
let look = 0;

for (const row of $range(0, classes.length - 1)) {
  const text = classRows[row];
  for (const i of $range(1, text.length)) weights[row * ROW + i - 1] = weightAt(text, i);
}
// As with the other texts of the model (model-score.ts).
TRAINED.classRows = [];

function add(feature: number): void {
  if (seen[feature] === look) return;
  seen[feature] = look;
  for (const row of $range(0, classes.length - 1)) scores[row] = scores[row] + weights[row * ROW + feature];
}

/** The class that `decoded[from, to)` and the rules that hold around it look most like. */
export function classify(from: number, to: number, matches?: Match[]): string {
  look++;
  for (const row of $range(0, classes.length - 1)) scores[row] = 0;
  const count = tokenize(from, to);
  let last = BEGIN;
  for (const i of $range(0, math.min(count, MOST_TOKENS) - 1)) {
    const token = tokens[i];
    add(token);
    add(TOKEN_KINDS + ((former[last] ^ latter[token]) & (PAIRS - 1)));
    last = token;
  }
  if (matches !== undefined) {
    for (const { number } of matches) add(FIRST_RULE + number);
  }
  let winner = 0;
  for (const row of $range(1, classes.length - 1)) {
    if (scores[row] > scores[winner]) winner = row;
  }
  return classes[winner];
}
