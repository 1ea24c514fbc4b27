/** Names the class of an attack by its worst place and the rules that hold there: softmax regression. */
import type { PayloadClass } from "../contract/categories.ts";
import { seeded } from "../demo/random.ts";
import { features as bits, type Dataset, fillDecoded, lexer, type Sample } from "./dataset.ts";
import { type Evidence, RULE_COUNT } from "./evidence.ts";
import { shuffle } from "./shuffle.ts";

/** As in model-class.ts of the plugin. */
const TOKEN_KINDS = 2048;
const PAIRS = 1024;
const FIRST_RULE = TOKEN_KINDS + PAIRS;
const MOST_TOKENS = 200;
const BEGIN = 1;

export interface Labelled {
  /** Tokens, pairs of them and rules, each once. */
  features: number[];
  name: PayloadClass;
}

function featuresOf(data: Dataset, { value, from, to, rules, alone }: Evidence): number[] {
  fillDecoded(data.bytes[value]!);
  const count = Math.min(lexer.tokenize(from, to), MOST_TOKENS);
  const found = [...rules, ...alone].map((rule) => FIRST_RULE + rule);
  let last = BEGIN;
  for (let i = 0; i < count; i++) {
    const token = lexer.tokens[i];
    found.push(token, TOKEN_KINDS + ((bits.former[last] ^ bits.latter[token]) & (PAIRS - 1)));
    last = token;
  }
  return [...new Set(found)];
}

/** Parts of a document are values of their own, and say nothing of what the document does. */
const OF_DOCUMENTS = /[<&%]/;

/** What is learned from, or asked about: attacks with a class, by the value that is to blame. */
export function labelAttack(data: Dataset, sample: Sample, worst: Evidence): Labelled[] {
  if (sample.class === "xxe" && !OF_DOCUMENTS.test(data.bytes[worst.value]!.toString("latin1"))) return [];
  return sample.class === undefined ? [] : [{ features: featuresOf(data, worst), name: sample.class }];
}

export interface ClassModel {
  names: PayloadClass[];
  rows: Float32Array[];
}

function scoresOf(model: ClassModel, found: number[]): number[] {
  return model.rows.map((row) => found.reduce((total, feature) => total + row[feature]!, 0));
}

const EPOCHS = 6;
const RATE = 0.2;
/** Rules speak of one class, tokens of many: they learn faster, so that what both explain is laid on them. */
const RULE_RATE = 0.6;

function softmax(scores: number[]): number[] {
  const highest = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - highest));
  const total = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / total);
}

/** Classes weigh alike in spite of their sizes, by the root of them. */
export function trainClasses(windows: Labelled[], seed: number): ClassModel {
  const names = [...new Set(windows.map(({ name }) => name))].sort();
  const sizes = new Map(names.map((name) => [name, windows.filter((window) => window.name === name).length]));
  const model: ClassModel = { names, rows: names.map(() => new Float32Array(FIRST_RULE + RULE_COUNT)) };
  const sums = names.map(() => new Float32Array(FIRST_RULE + RULE_COUNT).fill(1));
  const { next } = seeded(seed);
  const order = windows.map((_, i) => i);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, next);
    for (const i of order) {
      const { features, name } = windows[i]!;
      const likely = softmax(scoresOf(model, features));
      const weight = Math.min(3, (1000 / sizes.get(name)!) ** 0.5);
      for (const [row, candidate] of names.entries()) {
        const error = (likely[row]! - (candidate === name ? 1 : 0)) * weight;
        if (Math.abs(error) > 0.01) step(model.rows[row]!, sums[row]!, features, error);
      }
    }
  }
  return model;
}

function step(row: Float32Array, sums: Float32Array, found: number[], error: number): void {
  for (const feature of found) {
    const gradient = error + 0.0005 * row[feature]!;
    sums[feature]! += gradient * gradient;
    const rate = feature < FIRST_RULE ? RATE : RULE_RATE;
    row[feature]! -= (rate * gradient) / Math.sqrt(sums[feature]!);
  }
}

export function nameClass(model: ClassModel, features: number[]): PayloadClass {
  const scores = scoresOf(model, features);
  return model.names[scores.indexOf(Math.max(...scores))]!;
}
