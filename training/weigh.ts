/** Learns what rules are worth beside the model: logistic regression over scores of models that did not see the value. */
import { seeded } from "../demo/random.ts";
import type { Sample } from "./dataset.ts";
import { type Evidence, RULE_COUNT } from "./evidence.ts";
import { shuffle } from "./shuffle.ts";

export interface Weighed {
  sample: Sample;
  evidence: Evidence[];
}

/** As weigh.ts of the plugin has them. */
const DULL = 60;
const MEDIUM = 128;
export const LONG = 512;

const BIAS = 0;
const STRENGTH = 1;
const MEDIUM_VALUE = 2;
const MEDIUM_SIDE = 3;
const LONG_VALUE = 4;
const LONG_SIDE = 5;
const LONG_BOTH = 6;
const FIRST_RULE = 7;
/** What less or more a rule is worth in a text, and what it is worth where it holds only for the worst place by itself. */
const FIRST_IN_TEXT = FIRST_RULE + RULE_COUNT;
const FIRST_ALONE = FIRST_IN_TEXT + RULE_COUNT;
const PLACES = FIRST_ALONE + RULE_COUNT;
/** Integers of the model for each unit here. */
const UNIT = 32;

type Feature = [place: number, amount: number];

function featuresOf({ strength, beside, both, length, rules, alone }: Evidence): Feature[] {
  const features: Feature[] = [
    [BIAS, 1],
    [STRENGTH, Math.max(0, strength - DULL) / UNIT],
  ];
  if (length > LONG) features.push([LONG_VALUE, 1], [LONG_SIDE, -beside / UNIT], [LONG_BOTH, -both / UNIT]);
  else if (length > MEDIUM) features.push([MEDIUM_VALUE, 1], [MEDIUM_SIDE, -beside / UNIT]);
  for (const rule of rules) {
    features.push([FIRST_RULE + rule, 1]);
    if (length > LONG) features.push([FIRST_IN_TEXT + rule, 1]);
  }
  for (const rule of alone) features.push([FIRST_ALONE + rule, 1]);
  return features;
}

const EPOCHS = 10;
const RATE = 0.3;
const L2 = 0.0005;
/** A benign request counts as much as an attack of a rare class. */
const MOST_WEIGHT = 3;

/** Nothing that holds makes a value more ordinary, but for its length and what a text takes from a rule. */
const isSigned = (place: number) =>
  place === BIAS || place === MEDIUM_VALUE || place === LONG_VALUE || (place >= FIRST_IN_TEXT && place < FIRST_ALONE);

const sumOf = (weights: Float64Array, features: readonly Feature[]) =>
  features.reduce((sum, [place, amount]) => sum + weights[place]! * amount, 0);

function weightsOfSamples(all: readonly Weighed[]): number[] {
  const key = ({ source, group, isAttack }: Sample) => `${source} ${group} ${isAttack}`;
  const sizes = new Map<string, number>();
  for (const { sample } of all) sizes.set(key(sample), (sizes.get(key(sample)) ?? 0) + 1);
  return all.map(({ sample }) =>
    sample.isAttack ? Math.min(MOST_WEIGHT, (600 / sizes.get(key(sample))!) ** 0.5) : MOST_WEIGHT,
  );
}

function step(weights: Float64Array, sums: Float64Array, features: readonly Feature[], error: number): void {
  for (const [place, amount] of features) {
    const gradient = error * amount + L2 * weights[place]!;
    sums[place]! += gradient * gradient;
    weights[place]! -= (RATE * gradient) / Math.sqrt(sums[place]!);
    if (weights[place]! < 0 && !isSigned(place)) weights[place] = 0;
  }
}

/** Of several values of an attack the one that weighs most is to blame. */
function fitWeights(all: readonly Weighed[], seed: number): Float64Array {
  const bags = all.map(({ evidence }) => evidence.map(featuresOf));
  const importance = weightsOfSamples(all);
  const weights = new Float64Array(PLACES);
  weights[BIAS] = -4;
  weights[STRENGTH] = 1;
  const sums = new Float64Array(weights.length).fill(1);
  const average = new Float64Array(weights.length);
  const { next } = seeded(seed);
  const order = all.map((_, i) => i).filter((i) => bags[i]!.length > 0);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, next);
    for (const i of order) {
      let blamed = bags[i]![0]!;
      for (const other of bags[i]!) if (sumOf(weights, other) > sumOf(weights, blamed)) blamed = other;
      const p = 1 / (1 + Math.exp(-sumOf(weights, blamed)));
      const error = (p - (all[i]!.sample.isAttack ? 1 : 0)) * importance[i]!;
      if (Math.abs(error) > 0.002) step(weights, sums, blamed, error);
    }
    if (epoch >= EPOCHS / 2) for (const [place, weight] of weights.entries()) average[place]! += weight;
  }
  return average.map((sum) => sum / (EPOCHS / 2));
}

/** In units of the model's score. */
export interface Weighing {
  worth: number[];
  worthInText: number[];
  worthAlone: number[];
  medium: number;
  mediumSide: number;
  long: number;
  longSide: number;
  longBoth: number;
}

export function learnWeighing(all: readonly Weighed[], seed: number): Weighing {
  const weights = fitWeights(all, seed);
  const unit = UNIT / weights[STRENGTH]!;
  const inUnits = (place: number) => Math.round(weights[place]! * unit);
  const inPercent = (place: number) => Math.round((100 * weights[place]!) / weights[STRENGTH]!);
  const ofRules = (worth: (rule: number) => number) => Array.from({ length: RULE_COUNT }, (_, rule) => worth(rule));
  const worth = ofRules((rule) => inUnits(FIRST_RULE + rule));
  return {
    worth,
    worthInText: ofRules((rule) => Math.max(0, worth[rule]! + inUnits(FIRST_IN_TEXT + rule))),
    worthAlone: ofRules((rule) => inUnits(FIRST_ALONE + rule)),
    medium: inUnits(MEDIUM_VALUE),
    mediumSide: inPercent(MEDIUM_SIDE),
    long: inUnits(LONG_VALUE),
    longSide: inPercent(LONG_SIDE),
    longBoth: inPercent(LONG_BOTH),
  };
}

/** As the plugin adds it up. */
function weigh(weighing: Weighing, { strength, beside, both, length, rules, alone }: Evidence): number {
  let total = Math.max(0, strength - DULL);
  const worth = length > LONG ? weighing.worthInText : weighing.worth;
  for (const rule of rules) total += worth[rule]!;
  for (const rule of alone) total += weighing.worthAlone[rule]!;
  if (length <= MEDIUM) return total;
  if (length <= LONG) return total + weighing.medium - Math.floor((weighing.mediumSide * beside) / 100);
  return total + weighing.long - Math.floor((weighing.longSide * beside + weighing.longBoth * both) / 100);
}

/** The worst of a request's values; nothing where none is judged. */
export function weighAll(
  weighing: Weighing,
  evidence: readonly Evidence[],
): { total: number; worst: Evidence } | undefined {
  let best: { total: number; worst: Evidence } | undefined;
  for (const worst of evidence) {
    const total = weigh(weighing, worst);
    if (best === undefined || total > best.total) best = { total, worst };
  }
  return best;
}
