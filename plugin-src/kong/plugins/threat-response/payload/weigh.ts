import type { Match } from "./confirm.ts";
import { TRAINED } from "./model/trained.ts";
import { scoreText } from "./model-score.ts";

/**
 * What the model and the rules say of a value together. Each rule that holds adds what training found it to be worth: much where what it finds is
 * hardly ever ordinary, nothing where it only finds what the model sees anyway.
 */

/** What the model finds in almost every text that has signs in it. */
const DULL = 60;
/** From these lengths on a value is a sentence or a snippet, and a text. */
const MEDIUM = 128;
export const LONG = 512;
const APART = 96;

/**
 * What the second worst places of a text take away, a little away from the worst: what is left of the same attack is no other place. Where an attack
 * was put between paragraphs, before or behind them, they are ordinary; where a text is about code, there is more of it on both sides. Undoes `bestWindow`.
 */
function deduction(from: number, to: number, length: number): number {
  const before = scoreText(0, math.max(0, from - APART));
  const behind = scoreText(math.min(length, to + APART), length);
  const share = length > LONG ? TRAINED.longSide : TRAINED.mediumSide;
  const shareOfBoth = length > LONG ? TRAINED.longBoth : 0;
  return math.floor((share * math.max(before, behind) + shareOfBoth * math.min(before, behind)) / 100);
}

/** A rule says more of a value than of a place in a text. */
function worthOf(length: number, isAlone: boolean): number[] {
  if (isAlone) return TRAINED.worthAlone;
  return length > LONG ? TRAINED.worthInText : TRAINED.worth;
}

/** `strength` is what the model says, of the worst place from `from` to `to` in a value of `length` bytes. */
export function weigh(strength: number, from: number, to: number, length: number, matches?: Match[]): number {
  let total = math.max(0, strength - DULL);
  if (matches !== undefined) {
    for (const { number, isAlone } of matches) total += worthOf(length, isAlone === true)[number];
  }
  if (length <= MEDIUM) return total;
  total += length > LONG ? TRAINED.long : TRAINED.medium;
  if (total < TRAINED.grey) return total;
  return total - deduction(from, to, length);
}
