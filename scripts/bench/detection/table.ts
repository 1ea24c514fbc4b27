/** The rows of the table, each from the best basis there is. */
import type { LabelledRequest } from "../../../training/request.ts";
import type { Measure } from "../measures.ts";
import type { Basis, Detail } from "./detail.ts";
import type { Loss } from "./evasion.ts";
import { type Generated, isExploit } from "./generated.ts";
import { type HeldOut, type HeldOutRow, heldOutRate } from "./held-out.ts";
import { addRates, type Judged, percent, type Rate, rateOf } from "./judge.ts";
import type { JudgedCorpus } from "./recorded.ts";

export interface TableMeasure extends Measure {
  basis: Basis;
}

export interface Evidence {
  corpora: JudgedCorpus[];
  heldOut: HeldOut | undefined;
  generated: Generated;
  losses: Loss[];
  encoded: Loss;
  labels: Detail[];
}

const BROWSERS = /browser/;
const APIS = /api_/;
const LARGE = /httpparams|libinjection|modsec/;
const SMALL = /payloadbox|payloadsallthethings|blns/;

interface Known {
  rate: Rate;
  basis: Basis;
}

/** Unseen corpora before held-out figures, these before what was seen. */
function recorded({ corpora, heldOut }: Evidence, source: RegExp, label: HeldOutRow["label"]): Known {
  const rateIn = (basis: Basis) => {
    const parts = corpora.filter((corpus) => corpus.basis === basis && source.test(corpus.source));
    const isWanted = ({ request }: Judged<LabelledRequest>) => request.label === label;
    return addRates(parts.map(({ judged }) => rateOf(judged.filter(isWanted))));
  };
  const unseen = rateIn("unseen");
  if (unseen.total > 0) return { rate: unseen, basis: "unseen" };
  if (heldOut) return { rate: heldOutRate(heldOut, source, label), basis: "held out" };
  return { rate: rateIn("seen"), basis: "seen" };
}

type Direction = "at least" | "at most";

function row(
  name: string,
  value: number,
  unit: string,
  direction: Direction,
  target: number,
  basis: Basis,
): TableMeasure {
  const met = direction === "at least" ? value >= target : value <= target;
  return { name, value, unit, target, met, basis };
}

function rateRow(name: string, { rate, basis }: Known, direction: Direction, target: number): TableMeasure[] {
  if (rate.total === 0) return [];
  return [row(name, percent(rate.blocked, rate.total), "%", direction, target, basis)];
}

function lossOf(losses: readonly Loss[], pattern: RegExp): number {
  const all = losses.filter(({ name }) => pattern.test(name)).map(({ before, after }) => before - after);
  return Math.round(100 * Math.max(...all)) / 100;
}

export function tableMeasures(evidence: Evidence): TableMeasure[] {
  const { generated, losses, encoded, labels } = evidence;
  const benign = { rate: rateOf(generated.benign), basis: "unseen seed" } as const;
  const exploits = { rate: rateOf(generated.attacks.filter(isExploit)), basis: "unseen seed" } as const;
  const named = labels.find(({ name }) => name === "all");
  return [
    ...rateRow("FPR on browser traffic", recorded(evidence, BROWSERS, "benign"), "at most", 0.2),
    ...rateRow("FPR on hard API traffic", recorded(evidence, APIS, "benign"), "at most", 0.5),
    ...rateRow("FPR on generated benign traffic", benign, "at most", 0.5),
    ...rateRow("TPR on the large payload sets", recorded(evidence, LARGE, "malicious"), "at least", 98),
    ...rateRow("TPR on smaller suites", recorded(evidence, SMALL, "malicious"), "at least", 92),
    row("TPR on heavily encoded payloads", encoded.after, "%", "at least", 85, "unseen seed"),
    ...rateRow("TPR on whole exploit requests", exploits, "at least", 75),
    row(
      "TPR lost to one more encoding",
      lossOf(losses, /^one more URL|^HTML|^JavaScript|^full-width|^base64/),
      "points",
      "at most",
      2,
      "unseen seed",
    ),
    row("TPR lost to padding", lossOf(losses, /prose|prefix/), "points", "at most", 4, "unseen seed"),
    row("class label right on hits", named?.value ?? 0, "%", "at least", 92, "unseen seed"),
  ];
}

export function formatRow({ name, value, unit, target, met, basis }: TableMeasure): string {
  const direction = /^FPR|lost/.test(name) ? "at most" : "at least";
  return `  ${name.padEnd(40)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(6)} (${direction} ${target}: ${met ? "met" : "NOT met"}; ${basis})`;
}
