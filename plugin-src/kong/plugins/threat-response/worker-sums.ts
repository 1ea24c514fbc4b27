import { counters } from "./counters.ts";

/** Sums over all workers that only grow: each adds what it has counted, and looks at how much has come since it looked last. */
const KEEP_S = 86_400;

/** Adds what this worker has to the sum of all, which is the answer. */
export const addUp = (key: string, own: number): number => {
  const [sum] = own > 0 ? counters.incr(key, own, 0, KEEP_S) : counters.get(key);
  return (sum as number | undefined) ?? 0;
};

/** What was added since the last time (`before` is negative before the first); a sum that has expired began anew. */
export const grown = (before: number, now: number): number => {
  if (before < 0) return 0;
  return now < before ? now : now - before;
};
