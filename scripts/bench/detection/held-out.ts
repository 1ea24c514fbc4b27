/** What training measured on sources and sites that its models did not see: training/held-out.json, figures only. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Detail } from "./detail.ts";
import { rateDetails } from "./detail.ts";
import { addRates, groupBy, percent, type Rate } from "./judge.ts";

export interface HeldOutRow extends Rate {
  source: string;
  group: string;
  label: "malicious" | "benign";
}

export interface HeldOut {
  seed: number;
  rows: HeldOutRow[];
  labels: { right: number; total: number };
}

const REPORT = join(import.meta.dirname, "..", "..", "..", "training", "held-out.json");

export function readHeldOut(path = REPORT): HeldOut | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as HeldOut) : undefined;
}

/** All rows of the sources whose names match. */
export function heldOutRate({ rows }: HeldOut, source: RegExp, label: HeldOutRow["label"]): Rate {
  return addRates(rows.filter((row) => row.label === label && source.test(row.source)));
}

export function heldOutDetails({ rows, labels }: HeldOut): Detail[] {
  const section = "held-out sources and sites";
  const bySource = [...groupBy(rows, (row) => `${row.source} ${row.label}`)];
  const rates = bySource.flatMap(([name, part]) =>
    [
      ...(part.length > 1 ? [{ name: `${name} (all)`, rate: addRates(part) }] : []),
      ...part.map((row) => ({ name: `${name} ${row.group}`, rate: row })),
    ].flatMap(({ name: title, rate }) =>
      rateDetails({ section, name: title, basis: "held out" }, part[0]!.label === "malicious", rate),
    ),
  );
  const right = percent(labels.right, labels.total);
  return [
    ...rates,
    { section, name: "class named right", basis: "held out", value: right, unit: "%", total: labels.total },
  ];
}
