/** Requests as the trainer sees them: features of values, labels, and where they came from. */
import type { PayloadClass } from "../contract/categories.ts";
import { classOf } from "./class-names.ts";
import type { Corpus } from "./corpora.ts";
import { loadPayload } from "./lua-on-node/load.ts";
import { takeApart, type Values } from "./values.ts";
import { COMMON_WORDS, WORD_GROUPS } from "./words.ts";

export const { decoded } = await loadPayload("decode");
export const lexer = await loadPayload("tokens");
export const features = await loadPayload("features");
export const { loadModel, scoreText, bestWindow } = await loadPayload("model-score");
const { learnWords } = await loadPayload("model-score");

export interface Sample {
  source: string;
  group: string;
  isAttack: boolean;
  /** Of an attack, where it has one. */
  class: PayloadClass | undefined;
  /** A copy between paragraphs (padding.ts): nothing to learn words from. */
  isPadded: boolean;
  values: number[];
}

export interface Dataset {
  samples: Sample[];
  bytes: Buffer[];
  at: number[];
  /** Three features for each token of each value. */
  features: Uint16Array[];
  /** Of benign texts the numbers of their lines, which are ordinary values elsewhere. */
  linesOf: Map<number, number[]>;
}

/** Known words by group, none twice, as the model file holds them. */
export function wordGroups(): string[] {
  const seen = new Set<string>();
  return [...Object.values(WORD_GROUPS), COMMON_WORDS].map((words) =>
    words
      .split(" ")
      .filter((word) => {
        const isNew = word.length > 1 && /^[a-z_][a-z0-9_]*$/.test(word) && !seen.has(word);
        seen.add(word);
        return isNew;
      })
      .join(" "),
  );
}

const MAX_BYTES = 16384;

/** Puts a value where the plugin would have decoded it; returns its length there. */
export function fillDecoded(bytes: Buffer): number {
  const length = Math.min(bytes.length, MAX_BYTES);
  decoded.set(bytes.subarray(0, length));
  decoded.fill(0, length, length + 8);
  return length;
}

function tokenize(bytes: Buffer): number {
  return lexer.tokenize(0, fillDecoded(bytes));
}

/** The value's tokens, with the one that ends it. */
function tokensOf(bytes: Buffer): Uint16Array {
  const count = tokenize(bytes);
  const tokens = lexer.tokens.slice(0, count + 1);
  tokens[count] = lexer.END;
  return tokens;
}

/** Three for each token. */
function featuresOf(bytes: Buffer): Uint16Array {
  const tokens = tokensOf(bytes);
  const out = new Uint16Array(tokens.length * 3);
  let before = lexer.BEGIN;
  let previous = lexer.BEGIN;
  for (const [i, token] of tokens.entries()) {
    out[i * 3] = features.single[token * 4 + lexer.gaps[i]];
    out[i * 3 + 1] = features.former[previous] ^ features.latter[token];
    out[i * 3 + 2] = features.first[before] ^ features.second[previous] ^ features.third[token];
    before = previous;
    previous = token;
  }
  return out;
}

const STRUCTURE = 128;
/** Known by literal lists: there is nothing to learn from. */
const LISTED = ["scanner_ua"];

const SHORTEST_LINE = 6;
const LONGEST_LINE = 300;
const MOST_LINES = 60;

function linesIn(text: Buffer): string[] {
  const lines = text.toString("latin1").split(/[\r\n]+/);
  if (lines.length < 3) return [];
  const fitting = lines
    .map((line) => line.trim())
    .filter(({ length }) => length >= SHORTEST_LINE && length <= LONGEST_LINE);
  return fitting.slice(0, MOST_LINES);
}

/** Appends the lines of benign texts as values of their own. */
function addLines(values: Values, benign: Set<number>): Map<number, number[]> {
  const known = new Map<string, number>();
  const linesOf = new Map<number, number[]>();
  for (const value of benign) {
    const lines = linesIn(values.bytes[value]!);
    for (const line of lines) {
      if (known.has(line)) continue;
      known.set(line, values.bytes.length);
      values.bytes.push(Buffer.from(line, "latin1"));
      values.at.push(values.at[value]!);
    }
    if (lines.length > 0)
      linesOf.set(
        value,
        lines.map((line) => known.get(line)!),
      );
  }
  return linesOf;
}

export function buildDataset(corpora: Corpus[]): Dataset {
  learnWords(wordGroups());
  const all = corpora
    .filter(({ source }) => !LISTED.includes(source))
    .flatMap(({ source, requests, isPadded = false }) => requests.map((request) => ({ source, request, isPadded })));
  const values = takeApart(all.map(({ request }) => request));
  const samples = all.map(({ source, request, isPadded }, i) => ({
    source,
    isPadded,
    group: request.category,
    isAttack: request.label === "malicious",
    class: request.label === "malicious" ? (request.class ?? classOf(request.category)) : undefined,
    values: [...new Set(values.ofRequest[i]!.filter((v) => (values.at[v]! & STRUCTURE) === 0))],
  }));
  const benign = new Set(samples.flatMap((sample) => (sample.isAttack ? [] : sample.values)));
  const linesOf = addLines(values, benign);
  return { samples, bytes: values.bytes, at: values.at, features: values.bytes.map(featuresOf), linesOf };
}
