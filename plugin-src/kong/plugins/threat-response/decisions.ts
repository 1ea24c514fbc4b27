import type { Instance } from "./configure.ts";
import type { RankedDecision } from "./decision-entry.ts";
import { findByIdentity } from "./decision-identity.ts";
import { ROUTE } from "./decision-key.ts";
import { configurePolling, startPolling } from "./decision-poll.ts";
import { beginLookup, findDecision, findNamed, foundLogged, hasTag } from "./decision-store.ts";
import type { Source } from "./features/source.ts";
import { takePatchHits } from "./patch-hits.ts";

const MAX_COUNTED = 10_000;
/** What the agent takes in one record. */
const MAX_TAKEN = 1000;

let hits: Record<string, number> = {};
let counted = 0;

type Found = LuaMultiReturn<[RankedDecision | undefined, (RankedDecision | undefined)?]>;

/**
 * The strongest decision in force for a client of this instance, by address or by credential, and the strongest that only counts. Without any
 * decision this costs two comparisons.
 */
export function lookup(instance: Instance, source: Source): Found {
  const { gateway, agent } = instance.config;
  if (agent.url === undefined) {
    return $multi(undefined);
  }
  const own = findDecision(source.binary, gateway, source.key);
  return $multi(findByIdentity(instance, gateway, own), foundLogged());
}

/** The same for a route, "-" where there is none. */
export function lookupRoute(instance: Instance, source: Source, route: string): Found {
  const { gateway, agent } = instance.config;
  if (agent.url === undefined || !hasTag(ROUTE, gateway)) {
    return $multi(undefined);
  }
  beginLookup(source.key);
  return $multi(findNamed(undefined, ROUTE, route), foundLogged());
}

/** Whether any route is decided about. */
export function hasRouteDecisions(instance: Instance): boolean {
  return hasTag(ROUTE, instance.config.gateway);
}

function countHits(id: string, more: number): void {
  const known = hits[id];
  if (known !== undefined) {
    hits[id] = known + more;
  } else if (counted < MAX_COUNTED) {
    hits[id] = more;
    counted += 1;
  }
}

/** Counts that a decision took effect. Beyond a bound of distinct ones nothing is counted until the hits are taken. */
export function countHit(id: string): void {
  countHits(id, 1);
}

/** This worker's hits since the last call, for a `DecisionHitsRecord`; undefined when there were none. What is too many waits. */
export function takeHits(): { decision: string; count: number }[] | undefined {
  takePatchHits(countHits);
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
