import { SEVERITIES, type Severity } from "../store/schema.ts";

/** Something of which there is so much in a while, parts of it kept for what is severe. */
export interface Allowance {
  most: number;
  /** Shares of `most` that lesser severities cannot use up. */
  reserved: Partial<Record<Severity, number>>;
}

export type Used = Record<Severity, number>;
export const NOTHING_USED: Used = { low: 0, medium: 0, high: 0, critical: 0 };

/** How much is left for something so severe: what is neither used nor kept for something worse. Pure. */
export function leftFor(severity: Severity, { most, reserved }: Allowance, used: Used): number {
  let left = most;
  for (const each of SEVERITIES) {
    const kept = SEVERITIES.indexOf(each) > SEVERITIES.indexOf(severity) ? Math.floor(most * (reserved[each] ?? 0)) : 0;
    left -= Math.max(used[each], kept);
  }
  return Math.max(0, left);
}
