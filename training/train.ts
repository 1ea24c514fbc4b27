/** A linear model over the best windows: where to look and what to weigh there are learned together. */

import { seeded } from "../demo/random.ts";
import type { Dataset, Sample } from "./dataset.ts";
import { quantise } from "./quantise.ts";
import { shuffle } from "./shuffle.ts";
import { bestWindow, type Window } from "./windows.ts";

interface Options {
  epochs: number;
  decay: number;
  rate: number;
  bias: number;
  l2: number;
  seed: number;
}

/** Found by trying (docs/decisions/2026-11-22-payload-model.md). */
const OPTIONS = { epochs: 10, decay: 0.3, rate: 0.3, bias: 6, l2: 0.0003 };

const FEATURES = 32768;

/** A line of a text is less often a value than what was one. */
const LINE_WEIGHT = 0.5;

interface Bag {
  values: number[];
  isAttack: boolean;
  weight: number;
}

/** Each distinct benign value once; each attack as the values that no benign request has. */
function toBags(data: Dataset, samples: Sample[]): Bag[] {
  const benign = new Set<number>();
  for (const sample of samples) if (!sample.isAttack) for (const v of sample.values) benign.add(v);
  const uses = new Map<number, number>();
  for (const sample of samples) if (sample.isAttack) for (const v of sample.values) uses.set(v, (uses.get(v) ?? 0) + 1);
  const attacks = samples.filter((sample) => sample.isAttack);
  const sizes = new Map<string, number>();
  const key = (s: Sample) => `${s.source} ${s.group}`;
  for (const s of attacks) sizes.set(key(s), (sizes.get(key(s)) ?? 0) + 1);
  const lines = new Set([...benign].flatMap((v) => data.linesOf.get(v) ?? []));
  const bags: Bag[] = [...benign].map((v) => ({ values: [v], isAttack: false, weight: 1 }));
  for (const v of lines) if (!benign.has(v)) bags.push({ values: [v], isAttack: false, weight: LINE_WEIGHT });
  const seen = new Set<string>();
  for (const s of attacks) {
    const values = s.values.filter((v) => !benign.has(v) && uses.get(v)! < 50);
    const id = values.join(" ");
    if (values.length === 0 || seen.has(id)) continue;
    seen.add(id);
    bags.push({ values, isAttack: true, weight: Math.min(3, (600 / sizes.get(key(s))!) ** 0.5) });
  }
  return bags;
}

/** Where learning starts: how much more often a feature is in attacks. */
function initialWeights(data: Dataset, bags: Bag[]): Float32Array {
  const inAttacks = new Float64Array(FEATURES);
  const inBenign = new Float64Array(FEATURES);
  let attacks = 0;
  let benign = 0;
  for (const bag of bags) {
    const counts = bag.isAttack ? inAttacks : inBenign;
    if (bag.isAttack) attacks += bag.weight;
    else benign += bag.weight;
    // Of several values of an attack one is to blame, and nobody knows which.
    const share = bag.weight / bag.values.length ** 2;
    for (const v of bag.values) for (const f of new Set(data.features[v]!)) counts[f]! += share;
  }
  return Float32Array.from(inAttacks, (a, f) => {
    const odds = Math.log((a + 1) / (attacks + 2)) - Math.log((inBenign[f]! + 1) / (benign + 2));
    return Math.max(-1, Math.min(1, 0.25 * odds));
  });
}

function train(data: Dataset, bags: Bag[], options: Options): Float32Array {
  const { decay, bias, rate, l2 } = options;
  const weights = initialWeights(data, bags);
  const sums = new Float32Array(FEATURES).fill(0.5);
  const average = new Float64Array(FEATURES);
  let averaged = 0;
  const { next } = seeded(options.seed);
  const seenAt = new Int32Array(FEATURES);
  let clock = 0;
  const window: Window = { score: 0, from: 0, to: 0 };
  const best: Window = { score: 0, from: 0, to: 0 };
  const order = bags.map((_, i) => i);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, next);
    for (const b of order) {
      const bag = bags[b]!;
      let features: Uint16Array | undefined;
      best.score = -Infinity;
      for (const v of bag.values) {
        bestWindow(data.features[v]!, weights, decay, window);
        if (window.score > best.score) {
          Object.assign(best, window);
          features = data.features[v]!;
        }
      }
      const p = 1 / (1 + Math.exp(bias - best.score));
      const error = (p - (bag.isAttack ? 1 : 0)) * bag.weight;
      if (Math.abs(error) < 0.003 || features === undefined) continue;
      clock++;
      for (let k = best.from * 3; k < best.to * 3; k++) {
        const f = features[k]!;
        if (seenAt[f] === clock) continue;
        seenAt[f] = clock;
        const g = error + l2 * weights[f]!;
        sums[f]! += g * g;
        weights[f]! -= (rate * g) / Math.sqrt(sums[f]!);
      }
    }
    if (epoch >= options.epochs / 2) {
      averaged++;
      for (let f = 0; f < FEATURES; f++) average[f]! += weights[f]!;
    }
  }
  return Float32Array.from(average, (sum) => sum / averaged);
}

/** Integers for each unit of the trainer's weights. */
const SCALE = 16;
export const DECAY = Math.round(OPTIONS.decay * SCALE);

/** As the plugin has them. */
export function learnWeights(data: Dataset, samples: Sample[], seed: number): Int8Array {
  const unpadded = samples.filter(({ isPadded }) => !isPadded);
  return quantise(train(data, toBags(data, unpadded), { ...OPTIONS, seed }), SCALE);
}
