import type { Category, PayloadClass } from "./contract/categories.ts";
import type { SubjectKind } from "./contract/ingest.ts";

/** What a detector found in one request. Texts in it are redacted and short. */
export interface Finding {
  category: Category;
  class?: PayloadClass;
  detector: string;
  /** 0 to 100, to be compared with the configured thresholds. */
  score: number;
  /** The strongest thing that may be done to this request because of it. */
  action: "flag" | "throttle" | "block";
  subject: SubjectKind;
  /** An address, a keyed hash or a route's id. */
  value: string;
  /** Where the evidence was, e.g. `query:q`. */
  field?: string;
  /** The redacted part of that field which scored. */
  window?: string;
  reason: string;
}

/** The finding that counts: the highest score; of equal ones the first, as detectors are ordered by what they know. */
export const strongest = (findings: Finding[]): Finding => {
  let best = findings[0];
  for (const finding of findings) {
    if (finding.score > best.score) best = finding;
  }
  return best;
};
