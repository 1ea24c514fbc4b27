/** One line of a report. What it was measured on decides what it is worth. */
import { percent, type Rate } from "./judge.ts";

/**
 * `seen`: rules or model were made with these very requests; tells of regressions, not of what carries over. `unseen seed`: written by
 * generators whose other output was trained on. `held out`: scored by models that did not see the source or site. `unseen`: requests that no part of the
 * project has seen.
 */
export type Basis = "seen" | "unseen seed" | "held out" | "unseen";

export interface Detail {
  section: string;
  name: string;
  basis: Basis;
  value: number;
  unit: string;
  /** Requests behind the value. */
  total: number;
}

export interface Described {
  section: string;
  name: string;
  basis: Basis;
}

/** An attack is to be blocked, a benign request is not; a scanner's agent alone is only to be flagged. */
export function rateDetails(described: Described, isAttack: boolean, { total, flagged, blocked }: Rate): Detail[] {
  const rate = isAttack ? "TPR" : "FPR";
  return [
    { ...described, name: `${described.name}: ${rate} at block`, value: percent(blocked, total), unit: "%", total },
    { ...described, name: `${described.name}: ${rate} at flag`, value: percent(flagged, total), unit: "%", total },
  ];
}

export function formatDetail({ name, value, unit, total, basis }: Detail): string {
  return `  ${name.padEnd(64)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(6)} of ${String(total).padStart(6)}  (${basis})`;
}
