import * as ffi from "ffi";
import type { PayloadClass } from "../contract/categories.ts";
import { isSecretName, redactText } from "../redact.ts";
import { type Automaton, buildAutomaton } from "./automaton.ts";
import { PLAIN } from "./byte-classes.ts";
import { decoded, decodeValue, type Encoding } from "./decode.ts";
import { foldText } from "./fold.ts";
import { AT_BODY, type Rule } from "./rule.ts";
import { LAYERED, RULES } from "./rules/index.ts";
import { screened } from "./screen.ts";

export interface PayloadFinding {
  /** Undefined for the user agent of a scanner: the category is then `abuse`. */
  class?: PayloadClass;
  /** 0 to 100. */
  score: number;
  /** Where: `query:q`, `json:user.name`, `form:x`, `cookie:sid`, `header:user-agent`, `path`. Redacted. */
  field: string;
  /** The redacted, decoded text around the hit, at most 160 bytes of printable ASCII. */
  window: string;
  /** Short plain words. */
  reason: string;
  /** It is usual in this field: reported only. */
  isUsual?: boolean;
}

/** What a value is decided by when several rules hold. */
interface Match {
  rule: Rule;
  score: number;
  text: string;
  start: number;
}

const MAX_WINDOW = 160;
const MAX_FIELD = 80;
/** Bytes shown before the hit. */
const LEAD = 40;
/** Values are judged in chunks, so that no expression ever runs over more than this. */
const CHUNK = 2048;
const OVERLAP = 256;
/** From this size on a text of several lines counts as a document. */
const DOCUMENT = 400;
const LINE_FEED = 10;
/** A flag: documents quote attacks and hold code, and are read by people. */
const MAX_IN_DOCUMENT = 55;

/** The literals of rule `i` at `i`, and behind them the signs of layered encodings, which may hide any literal. */
function allLiterals(): string[][] {
  const literals: string[][] = [];
  for (const rule of RULES) literals.push(rule.literals);
  literals.push(LAYERED);
  return literals;
}

export const automaton: Automaton = buildAutomaton(allLiterals());

/** `seen[rule]` is the last look in which a literal of that rule occurred. */
const seen: number[] = [];
const candidates: Rule[] = [];
for (const rule of RULES) {
  seen.push(0);
  candidates.push(rule);
}
const LAYERED_OWNER = RULES.length;
let look = 0;

/** Fills `candidates` with the rules whose literals occur in `decoded[from, to)`; returns how many. */
function collectCandidates(from: number, to: number): number {
  look++;
  const { next, firstAccepting, owners } = automaton;
  let count = 0;
  let state = 0;
  let i = from;
  while (i < to) {
    state = next[state + PLAIN[decoded[i]]];
    i++;
    if (state >= firstAccepting) {
      for (const owner of owners[state]) {
        if (owner !== LAYERED_OWNER && seen[owner] !== look) {
          seen[owner] = look;
          candidates[count] = RULES[owner];
          count++;
        }
      }
    }
  }
  return count;
}

function scoreOf(rule: Rule, inDocument: boolean): number {
  return inDocument ? (rule.inDocument ?? math.min(rule.score, MAX_IN_DOCUMENT)) : rule.score;
}

/** Lets a search begin behind the first byte, so that `^` never means the middle of a value. */
const behindFirst = { pos: 2 };

/** Those of the first `count` candidates whose expressions hold in `decoded[from, to)`. */
function confirm(count: number, from: number, to: number, at: number, inDocument: boolean): Match[] | undefined {
  let matches: Match[] | undefined;
  let plain: string | undefined;
  let folded: string | undefined;
  for (const i of $range(0, count - 1)) {
    const rule = candidates[i];
    if ((rule.at & at) !== 0) {
      if (rule.folded) folded ??= foldText(from, to);
      else plain ??= ffi.string(advance(decoded, from), to - from);
      const text = (rule.folded ? folded : plain) as string;
      behindFirst.pos = 2;
      const [start] = ngx.re.find(text, rule.expression, "ijo", from > 0 ? behindFirst : undefined);
      if (start !== undefined) {
        matches ??= [];
        matches.push({ rule, score: scoreOf(rule, inDocument), text, start });
      }
    }
  }
  return matches;
}

/** The strongest match, its score raised by the others of its class; not in a document, where many quotes are no attack either. */
function combine(matches: Match[], inDocument: boolean): Match {
  let best = matches[0];
  for (const match of matches) if (match.score > best.score) best = match;
  if (inDocument) return best;
  let doubt = 100;
  for (const match of matches) {
    if (match.rule.class === best.rule.class) doubt = (doubt * (100 - match.score)) / 100;
  }
  best.score = 100 - math.ceil(doubt);
  return best;
}

/** Of a value that is itself a secret, a password or a cookie for example, nothing is shown. */
function excerpt(text: string, start: number, field: string): string {
  const [kind, name] = string.match(field, "^(%w+):(.*)$");
  if (kind === "cookie" || (name !== undefined && isSecretName(name))) return "[redacted]";
  return redactText(string.sub(text, math.max(1, start - LEAD), start + MAX_WINDOW), MAX_WINDOW);
}

/** Names come from the client: they are redacted too, but the word before them is ours. */
function redactField(field: string): string {
  const [kind, name] = string.match(field, "^(%w+:)(.*)$");
  return kind === undefined ? field : kind + redactText(name, MAX_FIELD);
}

function findingOf(match: Match, rawField: string): PayloadFinding {
  const field = redactField(rawField);
  const finding: PayloadFinding = {
    score: match.score,
    field,
    window: excerpt(match.text, match.start, rawField),
    reason: `${match.rule.reason} in ${field}`,
  };
  if (match.rule.class !== undefined) finding.class = match.rule.class;
  return finding;
}

/** A long text of several lines in a body: documentation, a message, code, all of which may quote an attack. */
function isDocument(at: number, length: number): boolean {
  if (length < DOCUMENT || (at & AT_BODY) === 0) return false;
  for (const i of $range(0, length - 1)) {
    if (decoded[i] === LINE_FEED) return true;
  }
  return false;
}

/**
 * Judges one value, `bytes[from, to)` as it is on the wire. `at` says where it is (rule.ts), `field` how to name it; only a
 * finding costs the name's redaction.
 */
export function judgeValue(
  bytes: ffi.Numbers,
  from: number,
  to: number,
  encoding: Encoding,
  at: number,
  field: string,
): PayloadFinding | undefined {
  const length = decodeValue(bytes, from, to, encoding);
  let best: Match | undefined;
  let start = 0;
  while (start < length) {
    const end = math.min(start + CHUNK, length);
    const count = collectCandidates(start, end);
    const inDocument = count > 0 && isDocument(at, length);
    const matches = count > 0 ? confirm(count, start, end, at, inDocument) : undefined;
    if (matches !== undefined) {
      const match = combine(matches, inDocument);
      if (best === undefined || match.score > best.score) best = match;
    }
    start = end < length ? end - OVERLAP : length;
  }
  return best === undefined ? undefined : screened(findingOf(best, field));
}

export function stronger(a: PayloadFinding | undefined, b: PayloadFinding | undefined): PayloadFinding | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return b.score > a.score ? b : a;
}
