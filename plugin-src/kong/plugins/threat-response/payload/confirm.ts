import * as ffi from "ffi";
import { type Automaton, buildAutomaton } from "./automaton.ts";
import { CLASSES, PLAIN } from "./byte-classes.ts";
import { decoded } from "./decode.ts";
import { foldText } from "./fold.ts";
import { foldShell } from "./fold-shell.ts";
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
  /** It holds in the worst place taken by itself, and not in what surrounds that. */
  isAlone?: boolean;
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
  const { next, firstAccepting, rows, goesOn } = automaton;
  const { from: ownersFrom, list } = automaton.owners;
  let count = 0;
  let state = 0;
  for (const i of $range(from, to - 1)) {
    state = next[state * CLASSES + PLAIN[decoded[i]]];
    if (state >= firstAccepting) {
      for (const k of $range(ownersFrom[state - firstAccepting], ownersFrom[state - firstAccepting + 1] - 1)) {
        const owner = list[k];
        if (owner < OWNERS && seen[owner] !== look) {
          seen[owner] = look;
          candidates[count] = owner;
          count++;
        }
      }
      if (state >= rows) state = goesOn[state - rows];
    }
  }
  return count;
}

/** An expression costs so much, and for each byte this part of what a judged byte costs. */
const EXPRESSION_COST = 16;
const EXPRESSION_SHARE = 0.25;

/** Lets a search begin behind the first byte, so that `^` never means the middle of a value. */
const behindFirst = { pos: 2 };

/** The readings of the text being confirmed, made when the first rule asks. */
let plain: string | undefined;
let folded: string | undefined;
let shell: string | undefined;

/** The text as the rule reads it; undefined where it makes no sense so. */
function readingFor(rule: Rule, from: number, to: number): string | undefined {
  if (rule.shell === true) {
    shell ??= foldShell(from, to) ?? "";
    return shell === "" ? undefined : shell;
  }
  if (rule.folded === true) {
    folded ??= foldText(from, to);
    return folded;
  }
  plain ??= ffi.string(advance(decoded, from), to - from);
  return plain;
}

function tryRule(number: number, from: number, to: number, isBound: boolean): Match | undefined {
  const rule = RULES[number];
  if (!spendLook(EXPRESSION_COST + (to - from) * EXPRESSION_SHARE)) return undefined;
  const text = readingFor(rule, from, to);
  if (text === undefined) return undefined;
  behindFirst.pos = 2;
  const [start] = ngx.re.find(text, rule.expression, "ijo", isBound ? undefined : behindFirst);
  return start === undefined ? undefined : { rule, number, score: rule.score, text, start };
}

/** Those of the first `count` candidates whose expressions hold in `decoded[from, to)`; `isBound` lets `^` mean its beginning. */
function confirm(count: number, from: number, to: number, at: number, isBound: boolean): Match[] | undefined {
  let matches: Match[] | undefined;
  plain = undefined;
  folded = undefined;
  shell = undefined;
  for (const i of $range(0, count - 1)) {
    const isMeant = (RULES[candidates[i]].at & at) !== 0;
    const match = isMeant ? tryRule(candidates[i], from, to, isBound) : undefined;
    if (match !== undefined) {
      matches ??= [];
      matches.push(match);
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
  return count > 0 ? confirm(count, from, to, at, from === 0) : undefined;
}

function isAmong(matches: Match[], number: number): boolean {
  for (const match of matches) if (match.number === number) return true;
  return false;
}

/** Adds to `matches` the rules that hold where `decoded[from, to)` is taken for a whole value: an attack between paragraphs was one. */
export function findAlone(from: number, to: number, at: number, matches: Match[] | undefined): Match[] | undefined {
  const count = collectCandidates(from, to);
  const alone = count > 0 ? confirm(count, from, to, at, true) : undefined;
  if (alone === undefined) return matches;
  const all = matches ?? [];
  for (const match of alone) {
    match.isAlone = true;
    if (!isAmong(all, match.number)) all.push(match);
  }
  return all;
}

/** What the rules that apply at `at` say by themselves of `decoded[from, to)`. */
export function matchRules(from: number, to: number, at: number): Match | undefined {
  const matches = findMatches(from, to, at);
  return matches === undefined ? undefined : combine(matches);
}
