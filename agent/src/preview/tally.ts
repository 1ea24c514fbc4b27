import ipaddr from "ipaddr.js";
import type { Outcome } from "./outcome.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Totals } from "./totals.ts";

/** A legitimate request that would be stopped, without whatever tells who sent it. */
export interface HarmExample {
  method: string;
  path: string;
  route_id: string | null;
  network: string;
  by: string | null;
  status: number | null;
  requests: number;
}

export interface Harm {
  requests: number;
  /** Passed before and would not any more. */
  hit: number;
  share: number;
  /** The route of which the largest share would be hit, among those with enough records to tell. */
  worst_route: { route_id: string | null; share: number } | null;
  consumers: number;
  consumers_hit: number;
  /** At most five, most requests first. */
  examples: HarmExample[];
}

interface Sums {
  attack: { requests: number; stopped_before: number; stopped: number; share: number };
  legitimate: Harm;
  unsure: { requests: number; missing: string[] };
}

export interface Tally {
  add(request: RecordedRequest, was: Outcome, is: Outcome): void;
  result(): Sums;
}

const SHOWN = 5;
/** Fewer records of a route make no share. */
const ENOUGH_OF_ROUTE = 50;
const MOST_GROUPS = 1_000;

const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Counts what a plan changes; shares are of all that was recorded. */
export function createTally(totals: Totals): Tally {
  const attack = { requests: 0, stopped_before: 0, stopped: 0 };
  const unsure = { requests: 0, missing: new Set<string>() };
  const consumersHit = new Set<string>();
  const hits = new Map<string | null, number>();
  const examples = new Map<string, HarmExample>();

  const addHit = (request: RecordedRequest, is: Outcome) => {
    const { weight, consumer, route_id } = request;
    hits.set(route_id, (hits.get(route_id) ?? 0) + weight);
    if (consumer !== null) consumersHit.add(consumer);
    addExample(examples, request, is);
  };

  return {
    add: (request, was, is) => {
      if (is.unsure !== null) {
        unsure.requests += request.weight;
        unsure.missing.add(is.unsure);
      }
      const isHit = was.kind === "passed" && is.kind !== "passed";
      if (!request.attack) return isHit ? addHit(request, is) : undefined;
      attack.requests += request.weight;
      if (was.kind === "stopped") attack.stopped_before += request.weight;
      if (is.kind === "stopped" || isHit) attack.stopped += request.weight;
    },
    result: () => ({
      attack: attackOf(totals, attack),
      legitimate: harmOf(totals, hits, consumersHit.size, examples),
      unsure: { requests: unsure.requests, missing: [...unsure.missing].sort() },
    }),
  };
}

/** More may be known of those looked at than of all: who is an attacker as a whole depends on the incident. */
function attackOf(totals: Totals, seen: Omit<Sums["attack"], "share">): Sums["attack"] {
  const requests = Math.max(totals.attack.requests, seen.requests);
  return { ...seen, requests, share: shareOf(seen.stopped, requests) };
}

function harmOf(
  totals: Totals,
  hits: ReadonlyMap<string | null, number>,
  consumers_hit: number,
  examples: ReadonlyMap<string, HarmExample>,
): Harm {
  const hit = [...hits.values()].reduce((sum, one) => sum + one, 0);
  return {
    requests: totals.legitimate.requests,
    hit,
    share: shareOf(hit, totals.legitimate.requests),
    worst_route: worstOf(totals, hits),
    consumers: totals.consumers,
    consumers_hit,
    examples: [...examples.values()].sort((a, b) => b.requests - a.requests).slice(0, SHOWN),
  };
}

function addExample(examples: Map<string, HarmExample>, request: RecordedRequest, { by, status }: Outcome): void {
  const { method, path, route_id, weight } = request;
  const network = networkOf(request.ip);
  const key = `${method} ${path} ${network} ${by}`;
  const known = examples.get(key);
  if (known !== undefined) known.requests += weight;
  else if (examples.size < MOST_GROUPS)
    examples.set(key, { method, path, route_id, network, by, status, requests: weight });
}

/** The /24 or /48 around it: enough to recognise a site, too little to name a person. */
function networkOf(ip: string): string {
  if (!ip.includes(":")) return `${ip.slice(0, ip.lastIndexOf("."))}.0/24`;
  if (!ipaddr.isValid(ip)) return "unknown";
  return `${ipaddr.parse(ip).toNormalizedString().split(":").slice(0, 3).join(":")}::/48`;
}

function worstOf({ routes }: Totals, hits: ReadonlyMap<string | null, number>): Harm["worst_route"] {
  let worst: Harm["worst_route"] = null;
  for (const [route_id, hit] of hits) {
    const { records, requests } = routes.get(route_id) ?? { records: 0, requests: 0 };
    const share = shareOf(hit, requests);
    if (records >= ENOUGH_OF_ROUTE && share > (worst?.share ?? 0)) worst = { route_id, share };
  }
  return worst;
}
