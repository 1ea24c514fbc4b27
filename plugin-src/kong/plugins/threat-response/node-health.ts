import type { NodeHealth } from "./contract/ingest.ts";
import { counters, isShared } from "./counters.ts";
import { failOpenCount } from "./health.ts";
import type { Uninspected } from "./payload/inspection.ts";

/** What this node says about itself with every batch: sums over its workers where they share a dictionary, else of this worker. */
export type HealthCounter = "dropped_records" | "rejected_batches" | "feed_rejected" | "decisions_refused";

export const PLUGIN_VERSION = "0.1.0";

/** Of this worker. */
const counts: Record<string, number> = {};
/** The part of `counts` that the dictionary has. */
const published: Record<string, number> = {};
/** By the reason why a request was not inspected to the end. */
const uninspected: Record<string, number> = {};
const REASONS: Uninspected[] = [
  "compressed",
  "charset",
  "beyond_limit",
  "over_budget",
  "mistyped",
  "malformed",
  "unreadable",
  "streamed",
];

let configures = 0;
let configuredAt = 0;
const CONFIGURED_KEY = "Hconfigured_at";

/** Kong has just configured this worker; the workers of a node do not all hear of it at once. */
export function noteConfigured(now: number): void {
  configures += 1;
  configuredAt = now;
  counters.set(CONFIGURED_KEY, now);
}

/** The last time on any worker. */
function lastConfiguredAt(): number {
  const [shared] = counters.get(CONFIGURED_KEY);
  return Math.max(configuredAt, (shared as number | undefined) ?? 0);
}

export function countUninspected(reason: Uninspected): void {
  uninspected[reason] = (uninspected[reason] ?? 0) + 1;
}

function total(counter: string, own: number): number {
  if (!isShared) {
    return own;
  }
  const [sum] = counters.incr(`H${counter}`, own - (published[counter] ?? 0), 0);
  published[counter] = own;
  return sum ?? own;
}

/** For all workers at once: this one may have nothing to report for long. */
export function countHealth(counter: HealthCounter, by: number): void {
  const own = (counts[counter] ?? 0) + by;
  counts[counter] = own;
  total(counter, own);
}

function describeUninspected(): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const reason of REASONS) {
    const sum = total(`uninspected_${reason}`, uninspected[reason] ?? 0);
    if (sum > 0) totals[reason] = sum;
  }
  return totals;
}

export function describeHealth(queueDepth: number, epoch: number, sequence: number): NodeHealth {
  return {
    dropped_records: total("dropped_records", counts.dropped_records ?? 0),
    rejected_batches: total("rejected_batches", counts.rejected_batches ?? 0),
    fail_open: total("fail_open", failOpenCount()),
    feed_epoch: epoch,
    feed_sequence: sequence,
    feed_rejected: total("feed_rejected", counts.feed_rejected ?? 0),
    decisions_refused: total("decisions_refused", counts.decisions_refused ?? 0),
    uninspected: describeUninspected(),
    queue_depth: queueDepth,
    shared_dict: isShared,
    plugin_version: PLUGIN_VERSION,
    configured_at: lastConfiguredAt(),
    configures,
  };
}
