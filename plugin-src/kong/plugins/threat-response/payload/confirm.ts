import * as ffi from "ffi";
import { type Automaton, buildAutomaton } from "./automaton.ts";
import { CLASSES, PLAIN } from "./byte-classes.ts";
import { decoded } from "./decode.ts";
import { foldText } from "./fold.ts";
import { spendLook } from "./inspection.ts";
import type { Rule } from "./rule.ts";
import { LAYERED, RULES } from "./rules/index.ts";
import { TRIGGERS } from "./triggers.ts";

/** The rules: which of them may hold in a text, by their literals, and which do, by their expressions. */

/** A rule that holds in a text. */
export interface Match {
  rule: Rule;
  /** Which of RULES it is, from 0. */
  number: number;
  score: number;
  text: string;
  start: number;
}

/** The literals of rule `i` at `i`; behind them the signs of layered encodings, which may hide any literal, and what makes the model look. */
function allLiterals(): string[][] {
  const literals: string[][] = [];
  for (const rule of RULES) literals.push(rule.literals);
  literals.push(LAYERED);
  literals.push(TRIGGERS);
  return literals;
}

export const automaton: Automaton = buildAutomaton(allLiterals());

/** `seen[rule]` is the last look in which a literal of that rule occurred. */
const seen: number[] = [];
const candidates: number[] = [];
for (const i of $range(0, RULES.length - 1)) {
  seen.push(0);
  candidates.push(i);
}
const OWNERS = RULES.length;
let look = 0;

/** Fills `candidates` with the rules whose literals occur in `decoded[from, to)`; returns how many. */
function collectCandidates(from: number, to: number): number {
  look++;
  const { next, firstAccepting } = automaton;
  const { from: ownersFrom, list } = automaton.owners;
  let count = 0;
  let state = 0;
  let i = from;
  while (i < to) {
    state = next[state * CLASSES + PLAIN[decoded[i]]];
    i++;
    if (state >= firstAccepting) {
      for (const k of $range(ownersFrom[state - firstAccepting], ownersFrom[state - firstAccepting + 1] - 1)) {
        const owner = list[k];
        if (owner < OWNERS && seen[owner] !== look) {
          seen[owner] = look;
          candidates[count] = owner;
          count++;
        }
      }
    }
  }
  return count;
}

/** An expression costs so much, and for each byte this part of what a judged byte costs. */
const EXPRESSION_COST = 16;
const EXPRESSION_SHARE = 0.25;

/** Lets a search begin behind the first byte, so that `^` never means the middle of a value. */
const behindFirst = { pos: 2 };

/** Those of the first `count` candidates whose expressions hold in `decoded[from, to)`. */
function confirm(count: number, from: number, to: number, at: number): Match[] | undefined {
  let matches: Match[] | undefined;
  let plain: string | undefined;
  let folded: string | undefined;
  for (const i of $range(0, count - 1)) {
    const number = candidates[i];
    const rule = RULES[number];
    if ((rule.at & at) !== 0 && spendLook(EXPRESSION_COST + (to - from) * EXPRESSION_SHARE)) {
      if (rule.folded) folded ??= foldText(from, to);
      else plain ??= ffi.string(advance(decoded, from), to - from);
      const text = (rule.folded ? folded : plain) as string;
      behindFirst.pos = 2;
      const [start] = ngx.re.find(text, rule.expression, "ijo", from > 0 ? behindFirst : undefined);
      if (start !== undefined) {
        matches ??= [];
        matches.push({ rule, number, score: rule.score, text, start });
      }
    }
  }
  return matches;
}

/** The strongest match, its score raised by the others of its class. */
function combine(matches: Match[]): Match {
  let best = matches[0];
  for (const match of matches) if (match.score > best.score) best = match;
  let doubt = 100;
  for (const match of matches) {
    if (match.rule.class === best.rule.class) doubt = (doubt * (100 - match.score)) / 100;
  }
  best.score = 100 - math.ceil(doubt);
  return best;
}

/** All rules that hold at `at` in `decoded[from, to)`. */
export function findMatches(from: number, to: number, at: number): Match[] | undefined {
  const count = collectCandidates(from, to);
  return count > 0 ? confirm(count, from, to, at) : undefined;
}

/** What the rules that apply at `at` say by themselves of `decoded[from, to)`. */
export function matchRules(from: number, to: number, at: number): Match | undefined {
  const matches = findMatches(from, to, at);
  return matches === undefined ? undefined : combine(matches);
}
