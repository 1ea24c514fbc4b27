/**
 * `npm run train -- --seed N [--corpora FOLDER] [--check]`: measures on held-out sources, sites and kinds, then trains on everything and writes
 * the plugin's model and the figures. --check only measures. The same seed and corpora give the same bytes.
 */
import { parseArgs } from "node:util";
import { seeded } from "../demo/random.ts";
import { trainClasses } from "./classes.ts";
import { type Corpus, findCorpora, readCorpora } from "./corpora.ts";
import { buildDataset, type Dataset, wordGroups } from "./dataset.ts";
import { gatherEvidence } from "./evidence.ts";
import { assignFolds } from "./folds.ts";
import { generateAttacks, generateBenign } from "./generators/index.ts";
import { calibrate, judgeFolds, labelAll, reportOf, type Thresholds, writeReport } from "./held-out.ts";
import { ownSamples } from "./own-samples.ts";
import { padCorpora } from "./padding.ts";
import { formatReport } from "./report.ts";
import { DECAY, learnWeights } from "./train.ts";
import { learnWeighing, type Weighed } from "./weigh.ts";
import { writeModel } from "./write-model.ts";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    corpora: { type: "string" },
    check: { type: "boolean", default: false },
  },
});

const GENERATED_ATTACKS = 30000;
const GENERATED_BENIGN = 19000;

function readAll(seed: number): Corpus[] {
  const corpora = [
    ...readCorpora(findCorpora(options.corpora)),
    { source: "own", requests: ownSamples() },
    { source: "generated", requests: generateAttacks(seeded(seed), GENERATED_ATTACKS) },
    { source: "generated", requests: generateBenign(seeded(seed + 1), GENERATED_BENIGN) },
  ];
  return [...corpora, ...padCorpora(corpora, seed + 2)];
}

/** Words and classes from all there is; what rules are worth from what models said of what they had not seen. */
function learnAll(data: Dataset, weighed: readonly Weighed[], thresholds: Thresholds, seed: number): void {
  const weights = learnWeights(data, data.samples, seed);
  const attacks = data.samples.filter(({ isAttack }) => isAttack);
  const classes = trainClasses(labelAll(data, attacks, gatherEvidence(data, attacks, weights, DECAY)), seed);
  const { long, ...weighing } = learnWeighing(weighed, seed);
  const { grey, certain, doubt } = thresholds;
  const learned = { ...weighing, long: long - doubt, grey, certain };
  writeModel({ words: wordGroups(), weights, decay: DECAY, classes, ...learned }, `--seed ${seed}`);
}

function main(): void {
  const seed = Number(options.seed);
  const data = buildDataset(readAll(seed));
  const { judged, right, named } = judgeFolds(data, assignFolds(data.samples), seed);
  const thresholds = calibrate(judged);
  const report = reportOf(judged, thresholds, seed, { right, total: named });
  process.stdout.write(`${JSON.stringify(thresholds)}\n${formatReport(report)}`);
  if (options.check) return;
  learnAll(data, judged, thresholds, seed);
  writeReport(report);
}

main();
