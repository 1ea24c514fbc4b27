/** Names the class of an attack by its best window: softmax regression over tokens and pairs of tokens. */
import { CLASSES } from "../contract/categories.ts";
import { seeded } from "../demo/random.ts";
import { features as bits, type Dataset, type Sample, tokensOf } from "./dataset.ts";
import { shuffle } from "./shuffle.ts";
import { bestWindow, type Window } from "./windows.ts";

const TOKEN_KINDS = 2048;
const PAIRS = 1024;
export const CLASS_FEATURES = TOKEN_KINDS + PAIRS;

const NAMES: Record<string, string> = {
  "path-traversal": "traversal",
  lfi: "traversal",
  "blns/Script Injection": "xss",
  "blns/SQL Injection": "sqli",
  "blns/Server Code Injection": "cmdi",
  "blns/Command Injection (Ruby)": "cmdi",
  "blns/File Inclusion": "traversal",
  "blns/XXE Injection (XML)": "xxe",
  "blns/jinja2 injection": "ssti",
};

/** The plugin's name of a corpus's class; undefined for what it has no name for. */
export const classOf = (group: string): string | undefined => {
  const name = NAMES[group] ?? group;
  return (CLASSES as readonly string[]).includes(name) ? name : undefined;
};

export interface Labelled {
  tokens: Uint16Array;
  name: string;
}

/** Tokens and pairs in the window, each as often as it occurs. */
function featuresOf(tokens: Uint16Array): number[] {
  const found: number[] = [];
  let last: number = 1;
  for (const token of tokens) {
    found.push(token, TOKEN_KINDS + ((bits.former[last] ^ bits.latter[token]) & (PAIRS - 1)));
    last = token;
  }
  return found;
}

/** The best windows of those attacks that reach `least`. */
export function labelWindows(
  data: Dataset,
  samples: Sample[],
  weights: ArrayLike<number>,
  decay: number,
  least: number,
): Labelled[] {
  const window: Window = { score: 0, from: 0, to: 0 };
  const labelled: Labelled[] = [];
  for (const sample of samples) {
    const name = classOf(sample.group);
    if (name === undefined) continue;
    let best: Window = { score: least, from: 0, to: 0 };
    let value = -1;
    for (const v of sample.values) {
      bestWindow(data.features[v]!, weights, decay, window);
      if (window.score > best.score) {
        best = { ...window };
        value = v;
      }
    }
    if (value >= 0) {
      labelled.push({ tokens: tokensOf(data.bytes[value]!).slice(best.from, best.to), name });
    }
  }
  return labelled;
}

export interface ClassModel {
  names: string[];
  rows: Float32Array[];
}

function scoresOf(model: ClassModel, found: number[]): number[] {
  return model.rows.map((row) => found.reduce((total, feature) => total + row[feature]!, 0));
}

const EPOCHS = 6;
const RATE = 0.2;

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
  const model: ClassModel = { names, rows: names.map(() => new Float32Array(CLASS_FEATURES)) };
  const sums = names.map(() => new Float32Array(CLASS_FEATURES).fill(1));
  const { next } = seeded(seed);
  const order = windows.map((_, i) => i);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, next);
    for (const i of order) {
      const { tokens, name } = windows[i]!;
      const found = featuresOf(tokens.slice(0, 200));
      const likely = softmax(scoresOf(model, found));
      const weight = Math.min(3, (1000 / sizes.get(name)!) ** 0.5);
      for (const [row, candidate] of names.entries()) {
        const error = (likely[row]! - (candidate === name ? 1 : 0)) * weight;
        if (Math.abs(error) > 0.01) step(model.rows[row]!, sums[row]!, found, error);
      }
    }
  }
  return model;
}

function step(row: Float32Array, sums: Float32Array, found: number[], error: number): void {
  for (const feature of found) {
    const gradient = error + 0.0005 * row[feature]!;
    sums[feature]! += gradient * gradient;
    row[feature]! -= (RATE * gradient) / Math.sqrt(sums[feature]!);
  }
}

export function nameClass(model: ClassModel, tokens: Uint16Array): string {
  const scores = scoresOf(model, featuresOf(tokens));
  return model.names[scores.indexOf(Math.max(...scores))]!;
}
