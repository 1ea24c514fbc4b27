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
  /** What exactly was recognised: an entry of a table of known bad things, or a rule of the configuration. */
  rule?: string;
  /** Part of the incident, but not held against the address: it may be somebody else's victim, or only a little too eager. */
  isWeak?: boolean;
  /** Only reported, as in monitor mode: the client is not yet in the share on which the detector is enforced. */
  isTrial?: boolean;
  /** Seconds until a throttled client may come again, where that is not the detector's window. */
  retryAfter?: number;
  /** Epoch seconds when the gateway was last configured, where that may be the cause. */
  configuredAt?: number;
  /** What happened before that this finding rests on; given once, when the incident begins. */
  prior?: { failures: number; users: number };
}

/** Whether a finding is evidence against the address it came from. */
export const isEvidence = (finding: Finding, block: number): boolean =>
  finding.score >= block && finding.action !== "flag" && finding.isWeak !== true;
