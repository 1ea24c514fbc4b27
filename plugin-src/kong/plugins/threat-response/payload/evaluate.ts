import * as ffi from "ffi";
import type { PayloadClass } from "../contract/categories.ts";
import { isSecretName, redactText } from "../redact.ts";
import { automaton, type Match, matchRules } from "./confirm.ts";
import { decoded, decodeValue, type Encoding } from "./decode.ts";
import { TRAINED } from "./model/trained.ts";
import { bestWindow, classify, scoreText } from "./model-score.ts";
import { AT_STRUCTURE } from "./rule.ts";
import { isScreening, screened } from "./screen.ts";

export { automaton };

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
  /** Whether its texts are redacted already. */
  isTold?: boolean;
  /** It is usual in this field: reported only. */
  isUsual?: boolean;
}

const MAX_WINDOW = 160;
const MAX_FIELD = 80;
/** Bytes shown before the hit. */
const LEAD = 40;
/** No expression ever runs over more than this. */
const CHUNK = 2048;
const OVERLAP = 256;
/** Up to this size a value is shown to the expressions whole, beyond it only what surrounds the worst place. */
const WHOLE = 512;
const SURROUNDINGS = 96;

/** The least score of what is to be blocked. */
const BLOCK = 70;
/** What an expression has to be worth to be believed where the model sees little. */
const STRONG = 76;
const DOUBTED = 55;
/** The most that the model alone says where it is not certain: less than a flag. */
const UNCONFIRMED = 39;
/** In so few bytes nothing is quoted or told about: an expression is believed. */
const SHORT = 128;

/** Classes that the model learned; of others it says nothing. */
const learned: Record<string, boolean> = {};
for (const name of TRAINED.classes) learned[name] = true;

/** The model's score as 0 to 100, rising with it: from BLOCK on where it is certain. */
function scoreOfModel(strength: number): number {
  const { grey, certain } = TRAINED;
  if (strength < grey) return 0;
  if (strength < certain) return math.floor((UNCONFIRMED * (strength - grey)) / (certain - grey));
  return math.min(99, BLOCK + math.floor((strength - certain) / 8));
}

/** What a rule's match is worth beside what the model says. */
function scoreOfMatch(match: Match, strength: number, length: number): number {
  const { faint, grey, certain } = TRAINED;
  if (strength >= certain) return math.max(match.score, BLOCK);
  if (strength >= grey) return math.max(match.score, match.score >= DOUBTED ? BLOCK : match.score);
  if (match.score >= STRONG && (strength >= faint || length <= SHORT)) return match.score;
  const isLearned = match.rule.class !== undefined && learned[match.rule.class];
  return isLearned ? math.min(match.score, DOUBTED) : match.score;
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
function findingOfModel(from: number, to: number, length: number, score: number, field: string): PayloadFinding {
  const name = classify(from, to) as PayloadClass;
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

function judgeText(length: number, at: number, field: string): PayloadFinding | undefined {
  const strength = scoreText(0, length);
  const [from, to] = bestWindow();
  const start = length <= WHOLE ? 0 : math.max(0, from - SURROUNDINGS);
  const end = length <= WHOLE ? length : math.min(length, start + CHUNK, to + SURROUNDINGS);
  const match = matchRules(start, end, at);
  const own = scoreOfModel(strength);
  if (match !== undefined) {
    const score = scoreOfMatch(match, strength, length);
    if (score >= own || own >= BLOCK) return findingOfMatch(match, math.max(score, own), field);
  }
  return own > 0 ? findingOfModel(from, to, length, own, field) : undefined;
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
