/**
 * `npm run train -- --seed N [--corpora FOLDER] [--check]`: measures on held-out sources and sites, then trains on everything and writes
 * the plugin's model. --check only measures. The same seed and corpora give the same bytes.
 */
import { parseArgs } from "node:util";
import { seeded } from "../demo/random.ts";
import { classOf, labelWindows, nameClass, trainClasses } from "./classes.ts";
import { type Corpus, findCorpora, readCorpora } from "./corpora.ts";
import { buildDataset, type Dataset, type Sample, wordGroups } from "./dataset.ts";
import { assignFolds, FOLDS, isSiteTraffic } from "./folds.ts";
import { generateAttacks, generateBenign } from "./generators/index.ts";
import { ownSamples } from "./own-samples.ts";
import { quantise } from "./quantise.ts";
import { OPTIONS, scoreRequests, toBags, train } from "./train.ts";
import { writeModel } from "./write-model.ts";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    corpora: { type: "string" },
    check: { type: "boolean", default: false },
  },
});

/** Integers for each unit of the trainer's weights. */
const SCALE = 16;
const DECAY = Math.round(OPTIONS.decay * SCALE);

interface Scored {
  sample: Sample;
  score: number;
}

interface HeldOut {
  scored: Scored[];
  named: { sample: Sample; name: string }[];
}

function learn(data: Dataset, samples: Sample[], seed: number): Int8Array {
  return quantise(train(data, toBags(data, samples), { ...OPTIONS, seed }), SCALE);
}

/** The scores of what a model did not see while it learned. */
function scoreFold(data: Dataset, folds: number[], fold: number, seed: number): HeldOut {
  const seen = data.samples.filter((_, i) => folds[i] !== fold);
  const unseen = data.samples.filter((_, i) => folds[i] === fold);
  const weights = learn(data, seen, seed);
  const scores = scoreRequests(data, unseen, weights, DECAY);
  const classes = trainClasses(
    labelWindows(
      data,
      seen.filter((s) => s.isAttack),
      weights,
      DECAY,
      50,
    ),
    seed,
  );
  const hits = unseen.filter((sample, i) => sample.isAttack && scores[i]! > 100 && classOf(sample.group) !== undefined);
  const named = labelWindows(data, hits, weights, DECAY, 50).map(({ tokens }, i) => ({
    sample: hits[i]!,
    name: nameClass(classes, tokens),
  }));
  return { scored: unseen.map((sample, i) => ({ sample, score: scores[i]! })), named };
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;

function quantile(scores: number[], share: number): number {
  const sorted = [...scores].sort((a, b) => b - a);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

interface Thresholds {
  faint: number;
  grey: number;
  certain: number;
}

/** From benign traffic of sites that were not seen: at 3 % expressions begin to count, at 1 % the grey zone, at 0.1 % certainty. */
function calibrate(scored: Scored[]): Thresholds {
  const benign = scored.filter(({ sample }) => isSiteTraffic(sample)).map(({ score }) => score);
  return {
    faint: quantile(benign, 0.03) + 1,
    grey: quantile(benign, 0.01) + 1,
    certain: quantile(benign, 0.001) + 1,
  };
}

function report(title: string, scored: Scored[], { grey, certain }: Thresholds): void {
  const above = (least: number) => scored.filter(({ score }) => score >= least).length;
  const rates = `${percent(above(certain), scored.length)} certain, ${percent(above(grey), scored.length)} grey`;
  process.stdout.write(`  ${title.padEnd(44)} ${String(scored.length).padStart(6)}  ${rates}\n`);
}

function reportAll(scored: Scored[], thresholds: Thresholds): void {
  const groups = new Map<string, Scored[]>();
  for (const one of scored) {
    const { source, group, isAttack } = one.sample;
    const title = `${isAttack ? "attacks" : "benign"} ${source} ${group}`;
    groups.set(title, [...(groups.get(title) ?? []), one]);
  }
  for (const [title, list] of [...groups].sort()) if (list.length >= 20) report(title, list, thresholds);
  for (const source of [...new Set(scored.map(({ sample }) => sample.source))]) {
    for (const isAttack of [true, false]) {
      const list = scored.filter(({ sample }) => sample.source === source && sample.isAttack === isAttack);
      if (list.length > 0) report(`ALL ${isAttack ? "attacks" : "benign"} ${source}`, list, thresholds);
    }
  }
}

const GENERATED_ATTACKS = 30000;
const GENERATED_BENIGN = 15000;

function readAll(seed: number): Corpus[] {
  return [
    ...readCorpora(findCorpora(options.corpora)),
    { source: "own", requests: ownSamples() },
    { source: "generated", requests: generateAttacks(seeded(seed), GENERATED_ATTACKS) },
    { source: "generated", requests: generateBenign(seeded(seed + 1), GENERATED_BENIGN) },
  ];
}

function main(): void {
  const seed = Number(options.seed);
  const data = buildDataset(readAll(seed));
  const folds = assignFolds(data.samples);
  const heldOut = Array.from({ length: FOLDS }, (_, fold) => scoreFold(data, folds, fold, seed));
  const scored = heldOut.flatMap((part) => part.scored);
  const thresholds = calibrate(scored);
  process.stdout.write(
    `Each source and site scored by a model that did not see it; thresholds ${JSON.stringify(thresholds)}\n`,
  );
  reportAll(scored, thresholds);
  const named = heldOut.flatMap((part) => part.named);
  const right = named.filter(({ sample, name }) => classOf(sample.group) === name).length;
  process.stdout.write(`  class named right: ${percent(right, named.length)} of ${named.length}\n`);
  if (options.check) return;
  const weights = learn(data, data.samples, seed);
  const attacks = data.samples.filter((sample) => sample.isAttack);
  const classes = trainClasses(labelWindows(data, attacks, weights, DECAY, 50), seed);
  writeModel({ words: wordGroups(), weights, decay: DECAY, classes, ...thresholds }, `--seed ${seed}`);
}

main();
