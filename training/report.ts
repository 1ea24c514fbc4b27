/** Held-out figures for people. */

import type { HeldOut } from "../scripts/bench/detection/held-out.ts";
import { addRates, groupBy, percent, type Rate } from "../scripts/bench/detection/judge.ts";

const FEW = 20;

function line(title: string, { total, flagged, blocked }: Rate): string {
  const rates = `${percent(blocked, total).toFixed(2).padStart(6)} % blocked ${percent(flagged, total).toFixed(2).padStart(6)} % flagged`;
  return `  ${title.padEnd(60)} ${String(total).padStart(6)} ${rates}\n`;
}

export function formatReport({ rows, labels }: HeldOut): string {
  const parts = [...groupBy(rows, ({ source, label }) => `${label} ${source}`)];
  const lines = parts.flatMap(([name, part]) => [
    ...part.filter(({ total }) => total >= FEW).map((row) => line(`${name} ${row.group}`, row)),
    line(`ALL ${name}`, addRates(part)),
  ]);
  return `${lines.join("")}  class named right: ${percent(labels.right, labels.total).toFixed(2)} % of ${labels.total}\n`;
}
