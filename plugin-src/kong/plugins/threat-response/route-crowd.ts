import { counters, isShared } from "./counters.ts";
import {
  clearDistinct,
  countDistinct,
  createDistinct,
  type Distinct,
  mergeDistinct,
  packDistinct,
} from "./distinct.ts";

/** How many addresses share a busy route: each worker's sketch is shown to the others while it is busy. */
const KEEP_S = 3;

const merged = createDistinct();

export const createCrowd = createDistinct;
export const clearCrowd = clearDistinct;

/** Shows this worker's addresses to the others and counts those of all; once a second. */
export const shareCrowd = (name: string, own: Distinct): number => {
  if (!isShared) return countDistinct(own);
  const id = ngx.worker.id() ?? 0;
  counters.set(`rd${id}:${name}`, packDistinct(own), KEEP_S);
  clearDistinct(merged);
  for (const worker of $range(0, ngx.worker.count() - 1)) {
    const [packed] = counters.get(`rd${worker}:${name}`);
    if (typeof packed === "string") mergeDistinct(merged, packed);
  }
  return countDistinct(merged);
};
