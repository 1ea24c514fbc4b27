import type { LearnedBaseline } from "../../../contract/learning.ts";

/** Pure: one baseline from those of several nodes. The median: no single node can move it far. `IMPORTED` ones fill in what no node knows. */
export interface ReportedBaseline {
  node: string;
  baseline: LearnedBaseline;
  reported_at: number;
}

/** The node of what an operator has imported. */
export const IMPORTED = "";

export function mergeBaselines(reports: readonly ReportedBaseline[]): Omit<ReportedBaseline, "node"> {
  const own = reports.filter(({ node }) => node !== IMPORTED);
  const imported = reports.filter(({ node }) => node === IMPORTED);
  const merged = mergeAll(own.length > 0 ? own : imported);
  const [other] = imported;
  if (own.length === 0 || other === undefined) return merged;
  const { baseline } = merged;
  const isOwn = (hour: number) => baseline.days[hour]! > 0;
  const rates = baseline.rates.map((rate, hour) => (isOwn(hour) ? rate : other.baseline.rates[hour]!));
  const days = baseline.days.map((count, hour) => (isOwn(hour) ? count : other.baseline.days[hour]!));
  return { ...merged, baseline: { ...baseline, rates, days } };
}

function mergeAll(reports: readonly ReportedBaseline[]): Omit<ReportedBaseline, "node"> {
  const all = reports.map(({ baseline }) => baseline);
  const first = all[0]!;
  const knowing = first.rates.map((_, hour) => all.filter(({ days }) => days[hour]! > 0));
  return {
    baseline: {
      name: first.name,
      seconds: median(all.map(({ seconds }) => seconds)),
      usual: median(all.map(({ usual }) => usual)),
      peak: median(all.map(({ peak }) => peak)),
      rates: knowing.map((those, hour) => median(those.map(({ rates }) => rates[hour]!))),
      days: knowing.map((those, hour) => median(those.map(({ days }) => days[hour]!))),
    },
    reported_at: Math.max(...reports.map(({ reported_at }) => reported_at)),
  };
}

/** The lower of the two in the middle; 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
}
