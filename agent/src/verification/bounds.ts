/**
 * Confidence bounds on counts. Requests come in bursts, so that their counts scatter more than independent events do; each
 * count stands for `DISPERSION` times fewer independent ones.
 */
const DISPERSION = 2;
/** Quantiles of the normal distribution, two-sided. */
export const SURE_95 = 1.96;
export const SURE_99 = 2.576;

export interface Bounds {
  low: number;
  high: number;
}

/** Wilson's interval for a share of `hits` in `total`. */
export function shareBounds(hits: number, total: number, sure: number): Bounds {
  const n = total / DISPERSION;
  if (n <= 0) return { low: 0, high: 1 };
  const p = Math.min(1, Math.max(0, hits / total));
  const scale = 1 + (sure * sure) / n;
  const middle = (p + (sure * sure) / (2 * n)) / scale;
  const half = (sure * Math.sqrt((p * (1 - p)) / n + (sure * sure) / (4 * n * n))) / scale;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export interface Count {
  count: number;
  seconds: number;
}

/**
 * How many times higher the rate after is than the rate before: of all events, the share that came after is a binomial one, whatever
 * the rates are. Null when nothing was counted at all.
 */
export function ratioBounds(before: Count, after: Count, sure: number): Bounds | null {
  const total = before.count + after.count;
  if (total <= 0 || before.seconds <= 0 || after.seconds <= 0) return null;
  const { low, high } = shareBounds(after.count, total, sure);
  const per = before.seconds / after.seconds;
  return { low: (low / (1 - low)) * per, high: high >= 1 ? Number.POSITIVE_INFINITY : (high / (1 - high)) * per };
}

export interface Part {
  hits: number;
  total: number;
}

/** By how much a share rose, at least (Newcombe's interval from two of Wilson's). */
export function riseOfShare(before: Part, after: Part, sure: number): number {
  const was = shareBounds(before.hits, before.total, sure);
  const is = shareBounds(after.hits, after.total, sure);
  const wasAt = before.total > 0 ? before.hits / before.total : 0;
  const isAt = after.total > 0 ? after.hits / after.total : 0;
  return isAt - wasAt - Math.hypot(isAt - is.low, was.high - wasAt);
}
