import * as ffi from "ffi";
import type { PayloadClass } from "../contract/categories.ts";
import { isSecretName, redactText } from "../redact.ts";
import { automaton, findAlone, findMatches, type Match, matchRules } from "./confirm.ts";
import { decoded, decodeValue, type Encoding } from "./decode.ts";
import { TRAINED } from "./model/trained.ts";
import { classify } from "./model-class.ts";
import { bestWindow, scoreText } from "./model-score.ts";
import { AT_NAME, AT_PATH, AT_STRUCTURE } from "./rule.ts";
import { isScreening, screened } from "./screen.ts";
import { CHUNK, surroundings, wordsAround } from "./surroundings.ts";
import { LONG, weigh } from "./weigh.ts";

export { automaton };

export interface PayloadFinding {
  /** Undefined for the user agent of a scanner: the category is then `abuse`. */
  class?: PayloadClass;
  /** 0 to 100. */
  score: number;
  /** The sum that the score was made of (weigh.ts); not where the structure of a body was judged. */
  total?: number;
  /** Where: `query:q`, `json:user.name`, `form:x`, `cookie:sid`, `header:user-agent`, `path`. Redacted. */
  field: string;
  /** The redacted, decoded text around the hit, at most 160 bytes of printable ASCII. */
  window: string;
  /** Short plain words. */
  reason: string;
  /** Whether its texts are redacted already. */
  isTold?: boolean;
  /** It is usual in this field: reported only. */
  isUsual?: boolean;
}

const MAX_WINDOW = 160;
const MAX_FIELD = 80;
/** Bytes shown before the hit. */
const LEAD = 40;
/** Chunks share so many bytes. */
const OVERLAP = 256;

/** The least scores of what is to be blocked, and of what is to be flagged. */
const BLOCK = 70;
const FLAG = 40;
/** So much more than certain is worth one more point. */
const POINT = 8;

/** What model and rules say together as 0 to 100, rising with it. */
export function scoreOf(total: number): number {
  const { grey, certain } = TRAINED;
  if (total >= certain) return math.min(99, BLOCK + math.floor((total - certain) / POINT));
  if (total < grey) return 0;
  return FLAG + math.floor(((BLOCK - FLAG) * (total - grey)) / (certain - grey));
}

/** Of a value that is itself a secret, a password or a cookie for example, nothing is shown. */
function excerpt(text: string, field: string): string {
  const [kind, name] = string.match(field, "^(%w+):(.*)$");
  if (kind === "cookie" || (name !== undefined && isSecretName(name))) return "[redacted]";
  return redactText(text, MAX_WINDOW);
}

/** Names come from the client: they are redacted too, but the word before them is ours. */
function redactField(field: string): string {
  const [kind, name] = string.match(field, "^(%w+:)(.*)$");
  return kind === undefined ? field : kind + redactText(name, MAX_FIELD);
}

/** Redacts a finding: only the one that counts, since that costs more than to find it. */
export function told(finding: PayloadFinding): PayloadFinding {
  if (finding.isTold === true) return finding;
  finding.window = excerpt(finding.window, finding.field);
  finding.field = redactField(finding.field);
  finding.reason = `${finding.reason} in ${finding.field}`;
  finding.isTold = true;
  return finding;
}

function findingOfMatch(match: Match, score: number, field: string): PayloadFinding {
  const window = string.sub(match.text, math.max(1, match.start - LEAD), match.start + MAX_WINDOW);
  const finding: PayloadFinding = {
    score,
    field,
    window,
    reason: match.rule.reason,
  };
  if (match.rule.class !== undefined) finding.class = match.rule.class;
  return finding;
}

const NAMES: Record<string, string> = {
  sqli: "SQL",
  nosqli: "query of a document database",
  xss: "script",
  cmdi: "command",
  traversal: "path",
  ssrf: "address of the inside",
  xxe: "XML entity",
  ssti: "template expression",
  ldap: "LDAP filter",
  crlf: "line break that starts a header",
  jndi: "JNDI look-up",
  deserialization: "serialised object",
  prototype: "change of a prototype",
  graphql: "GraphQL",
};

/** `from` and `to` bound the worst place in the buffer. */
function findingOfModel(
  name: PayloadClass,
  from: number,
  to: number,
  length: number,
  score: number,
  field: string,
): PayloadFinding {
  const start = math.max(0, from - LEAD);
  const text = ffi.string(advance(decoded, start), math.min(length, to + LEAD) - start);
  return {
    class: name,
    score,
    field,
    window: text,
    reason: `looks like ${NAMES[name]}`,
  };
}

/** A body as one text: only rules know what shows in its structure. */
function judgeStructure(length: number, at: number, field: string): PayloadFinding | undefined {
  let best: Match | undefined;
  let start = 0;
  while (start < length) {
    const end = math.min(start + CHUNK, length);
    const match = matchRules(start, end, at);
    if (match !== undefined && (best === undefined || match.score > best.score)) best = match;
    start = end < length ? end - OVERLAP : length;
  }
  return best === undefined ? undefined : findingOfMatch(best, best.score, field);
}

/** The strongest of the rules of that class. */
function strongest(matches: Match[] | undefined, name: string): Match | undefined {
  let best: Match | undefined;
  if (matches === undefined) return undefined;
  for (const match of matches) {
    if (match.rule.class === name && (best === undefined || match.score > best.score)) best = match;
  }
  return best;
}

/** A rule that was made for paths or names alone knows best what it finds there. */
function atHome(matches: Match[] | undefined): Match | undefined {
  if (matches === undefined) return undefined;
  for (const match of matches) {
    if (match.rule.at === AT_PATH || match.rule.at === AT_NAME) return match;
  }
  return undefined;
}

/** Two rules or more that all speak of one class are believed. */
function agreed(matches: Match[] | undefined): PayloadClass | undefined {
  if (matches === undefined || matches.length < 2) return undefined;
  const name = matches[0].rule.class;
  for (const match of matches) if (match.rule.class !== name) return undefined;
  return name;
}

function matchAlone(from: number, to: number, length: number, at: number, around?: Match[]): Match[] | undefined {
  const [start, end] = wordsAround(from, to, length);
  return findAlone(start, end, at, around);
}

function judgeText(length: number, at: number, field: string): PayloadFinding | undefined {
  const strength = scoreText(0, length);
  const [from, to] = bestWindow();
  const [start, end] = surroundings(from, to, length);
  const around = findMatches(start, end, at);
  const matches = length > LONG ? matchAlone(from, to, length, at, around) : around;
  const total = weigh(strength, from, to, length, matches);
  const score = scoreOf(total);
  if (score === 0) return undefined;
  const name = atHome(matches)?.rule.class ?? agreed(matches) ?? (classify(from, to, matches) as PayloadClass);
  const match = strongest(matches, name);
  const found =
    match === undefined ? findingOfModel(name, from, to, length, score, field) : findingOfMatch(match, score, field);
  found.total = total;
  return found;
}

/**
 * Judges one value, `bytes[from, to)` as it is on the wire. `at` says where it is (rule.ts), `field` how to name it; what is
 * found is redacted in the end (`told`).
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
  const found = at === AT_STRUCTURE ? judgeStructure(length, at, field) : judgeText(length, at, field);
  return found !== undefined && isScreening() ? screened(told(found)) : found;
}

export function stronger(a: PayloadFinding | undefined, b: PayloadFinding | undefined): PayloadFinding | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return b.score > a.score ? b : a;
}
