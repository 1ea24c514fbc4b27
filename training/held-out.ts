/** Every part of the data judged by models that saw neither its source, its site nor its kind. */
import { join } from "node:path";
import type { HeldOut as Report } from "../scripts/bench/detection/held-out.ts";
import { type ClassModel, type Labelled, labelAttack, nameClass, trainClasses } from "./classes.ts";
import type { Dataset, Sample } from "./dataset.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { FOLDS, isHardTraffic, isSiteTraffic } from "./folds.ts";
import { DECAY, learnWeights } from "./train.ts";
import { LONG, learnWeighing, type Weighed, weighAll } from "./weigh.ts";
import { writeFormatted } from "./write-formatted.ts";

/** Below it, nothing of an attack was seen. */
const LEAST = 50;

/** What classes are learned from, with a rough guess of which value is to blame. */
export function labelAll(data: Dataset, samples: readonly Sample[], evidence: readonly Evidence[][]): Labelled[] {
  const rough = ({ strength, rules, alone }: Evidence) => strength + 30 * (rules.length + alone.length);
  return samples.flatMap((sample, i) => {
    if (!sample.isAttack || sample.isPadded || evidence[i]!.length === 0) return [];
    const worst = evidence[i]!.reduce((a, b) => (rough(b) > rough(a) ? b : a));
    return rough(worst) < LEAST ? [] : labelAttack(data, sample, worst);
  });
}

interface Judged extends Weighed {
  fold: number;
  total: number;
  worst: Evidence | undefined;
}

/** Evidence by models of the other folds, weighed by what was learned from these. */
export function judgeFolds(
  data: Dataset,
  folds: readonly number[],
  seed: number,
): { judged: Judged[]; right: number; named: number } {
  const weighed: (Weighed & { fold: number })[] = [];
  const classModels = Array.from({ length: FOLDS }, (_, fold) => {
    const seen = data.samples.filter((_, i) => folds[i] !== fold);
    const unseen = data.samples.filter((_, i) => folds[i] === fold);
    const weights = learnWeights(data, seen, seed);
    const evidence = gatherEvidence(data, unseen, weights, DECAY);
    weighed.push(...unseen.map((sample, i) => ({ sample, evidence: evidence[i]!, fold })));
    const attacks = seen.filter(({ isAttack }) => isAttack);
    return trainClasses(labelAll(data, attacks, gatherEvidence(data, attacks, weights, DECAY)), seed);
  });
  const weighings = classModels.map((_, fold) =>
    learnWeighing(
      weighed.filter((one) => one.fold !== fold),
      seed,
    ),
  );
  const judged = weighed.map((one) => {
    const worst = weighAll(weighings[one.fold]!, one.evidence);
    return { ...one, total: worst?.total ?? 0, worst: worst?.worst };
  });
  return { judged, ...nameAll(data, judged, classModels) };
}

/** The classes of attacks, told by the models that did not see them. */
function nameAll(
  data: Dataset,
  judged: readonly Judged[],
  models: readonly ClassModel[],
): { right: number; named: number } {
  let right = 0;
  let named = 0;
  for (const { sample, worst, fold } of judged) {
    if (worst === undefined || !sample.isAttack || sample.isPadded || worst.strength < LEAST) continue;
    for (const { features, name } of labelAttack(data, sample, worst)) {
      named++;
      if (nameClass(models[fold]!, features) === name) right++;
    }
  }
  return { right, named };
}

export interface Thresholds {
  grey: number;
  certain: number;
  /** So much less is said of a text than was learned: texts of unseen sites have more places that look bad than those that were learned from. */
  doubt: number;
}

const isText = ({ worst }: Judged) => worst !== undefined && worst.length > LONG;
const totalOf = (one: Judged, doubt: number) => (isText(one) ? one.total - doubt : one.total);

function quantile(totals: readonly number[], share: number): number {
  const sorted = totals.toSorted((a, b) => b - a);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) + 1;
}

/**
 * Shares of benign requests that may be flagged, and that may be blocked: of unseen sites for other values than texts, of unseen sites of programs, and
 * of unseen kinds of hard traffic, some of which were written to look like attacks.
 */
const FLAGGED = { site: 0.01, programs: 0.015, hard: 0.05 };
const BLOCKED = { site: 0.001, programs: 0.0038, hard: 0.025 };

/** Values decide what is certain; texts follow, with as much doubt as the programs' documents need. */
export function calibrate(judged: readonly Judged[]): Thresholds {
  const sites = judged.filter(({ sample }) => isSiteTraffic(sample));
  const programs = sites.filter(({ sample }) => isHardTraffic(sample));
  const hard = judged.filter(({ sample }) => isHardTraffic(sample));
  const valuesOnly = (all: readonly Judged[]) => all.map((one) => (isText(one) ? 0 : one.total));
  const totals = (all: readonly Judged[], doubt: number) => all.map((one) => totalOf(one, doubt));
  const certain = Math.max(quantile(valuesOnly(sites), BLOCKED.site), quantile(valuesOnly(hard), BLOCKED.hard));
  const doubt = Math.max(0, quantile(totals(programs, 0), BLOCKED.programs) - certain);
  const grey = Math.max(
    quantile(totals(sites, doubt), FLAGGED.site),
    quantile(totals(programs, doubt), FLAGGED.programs),
    quantile(totals(hard, doubt), FLAGGED.hard),
  );
  return { grey: Math.min(grey, certain), certain, doubt };
}

/** Figures only, one row for each source, group and label. */
export function reportOf(
  judged: readonly Judged[],
  { grey, certain, doubt }: Thresholds,
  seed: number,
  labels: Report["labels"],
): Report {
  const rows = new Map<string, Report["rows"][number]>();
  for (const one of judged) {
    const { sample } = one;
    const total = totalOf(one, doubt);
    const source = sample.isPadded ? `${sample.source} between paragraphs` : sample.source;
    const label = sample.isAttack ? "malicious" : "benign";
    const key = `${source} ${label} ${sample.group}`;
    const row = rows.get(key) ?? { source, group: sample.group, label, total: 0, flagged: 0, blocked: 0 };
    row.total++;
    if (total >= grey) row.flagged++;
    if (total >= certain) row.blocked++;
    rows.set(key, row);
  }
  return { seed, rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row), labels };
}

const REPORT_FILE = join(import.meta.dirname, "held-out.json");

export function writeReport({ seed, rows, labels }: Report): void {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  const text = `{\n  "seed": ${seed},\n  "rows": [\n${lines.join(",\n")}\n  ],\n  "labels": ${JSON.stringify(labels)}\n}\n`;
  writeFormatted(REPORT_FILE, text);
}
