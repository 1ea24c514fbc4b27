import type { Config } from "./configure.ts";
import type { DecisionAction } from "./contract/decision-feed.ts";
import { configurePolling, startPolling } from "./decision-poll.ts";
import { findDecision } from "./decision-store.ts";

/** What the agent has decided about addresses. `allow` beats everything; see `contract/decision-feed.ts`. */
type Found = LuaMultiReturn<
  [
    action?: DecisionAction | undefined,
    id?: string,
    incident?: string,
    rps?: number,
    scope?: "login" | undefined,
    route?: string | undefined,
  ]
>;

const MAX_COUNTED = 10_000;
/** What the agent takes in one record. */
const MAX_TAKEN = 1000;

let hits: Record<string, number> = {};
let counted = 0;

/**
 * The strongest decision in force for a client of this instance, or nothing. `binary` is the address in network order; without any
 * decision this costs two comparisons.
 */
export function lookup(config: Config, binary: string): Found {
  const decision = findDecision(binary, config.gateway);
  if (decision === undefined || config.agent.url === undefined) {
    return $multi();
  }
  const { action, id, incident, rps, scope, route } = decision;
  return $multi(action, id, incident, rps, scope, route);
}

/** Counts that a decision took effect. Beyond a bound of distinct ones nothing is counted until the hits are taken. */
export function countHit(id: string): void {
  const known = hits[id];
  if (known !== undefined) {
    hits[id] = known + 1;
  } else if (counted < MAX_COUNTED) {
    hits[id] = 1;
    counted += 1;
  }
}

/** This worker's hits since the last call, for a `DecisionHitsRecord`; undefined when there were none. What is too many waits. */
export function takeHits(): { decision: string; count: number }[] | undefined {
  if (counted === 0) {
    return undefined;
  }
  const taken: { decision: string; count: number }[] = [];
  const left: Record<string, number> = {};
  for (const [decision, count] of pairs(hits)) {
    if (taken.length < MAX_TAKEN) {
      taken.push({ decision, count });
    } else {
      left[decision] = count;
    }
  }
  hits = left;
  counted -= taken.length;
  return taken;
}

/** All configurations there are now; see `decision-poll.ts` for which one counts. */
export const configureDecisions = configurePolling;

/** Once in each worker. */
export const startDecisions = startPolling;
