import ipaddr from "ipaddr.js";
import { entryOf } from "./entry-of.ts";
import type { Outcome } from "./outcome.ts";
import type { RecordedRequest } from "./recorded-request.ts";

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

interface Totals {
  attack: { requests: number; stopped_before: number; stopped: number; share: number };
  legitimate: Harm;
  unsure: { requests: number; missing: string[] };
}

export interface Tally {
  add(request: RecordedRequest, was: Outcome, is: Outcome): void;
  legitimateRecords(): number;
  result(): Totals;
}

const SHOWN = 5;
/** Fewer records of a route make no share. */
const ENOUGH_OF_ROUTE = 50;
const MOST_GROUPS = 1_000;

interface RouteHarm {
  records: number;
  requests: number;
  hit: number;
}

const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

export function createTally(): Tally {
  const attack = { requests: 0, stopped_before: 0, stopped: 0 };
  const legitimate = { records: 0, requests: 0, hit: 0 };
  const unsure = { requests: 0, missing: new Set<string>() };
  const consumers = new Set<string>();
  const consumersHit = new Set<string>();
  const routes = new Map<string | null, RouteHarm>();
  const examples = new Map<string, HarmExample>();

  const addLegitimate = (request: RecordedRequest, isHit: boolean, is: Outcome) => {
    const { weight, consumer } = request;
    const route = entryOf(routes, request.route_id, () => ({ records: 0, requests: 0, hit: 0 }));
    for (const count of [legitimate, route]) {
      count.records++;
      count.requests += weight;
      if (isHit) count.hit += weight;
    }
    if (consumer !== null) consumers.add(consumer);
    if (!isHit) return;
    if (consumer !== null) consumersHit.add(consumer);
    addExample(examples, request, is);
  };

  return {
    legitimateRecords: () => legitimate.records,
    add: (request, was, is) => {
      if (is.unsure !== null) {
        unsure.requests += request.weight;
        unsure.missing.add(is.unsure);
      }
      const isHit = was.kind === "passed" && is.kind !== "passed";
      if (!request.attack) return addLegitimate(request, isHit, is);
      attack.requests += request.weight;
      if (was.kind === "stopped") attack.stopped_before += request.weight;
      if (is.kind === "stopped" || isHit) attack.stopped += request.weight;
    },
    result: () => ({
      attack: { ...attack, share: shareOf(attack.stopped, attack.requests) },
      legitimate: {
        requests: legitimate.requests,
        hit: legitimate.hit,
        share: shareOf(legitimate.hit, legitimate.requests),
        worst_route: worstOf(routes),
        consumers: consumers.size,
        consumers_hit: consumersHit.size,
        examples: [...examples.values()].sort((a, b) => b.requests - a.requests).slice(0, SHOWN),
      },
      unsure: { requests: unsure.requests, missing: [...unsure.missing].sort() },
    }),
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

function worstOf(routes: ReadonlyMap<string | null, RouteHarm>): Harm["worst_route"] {
  let worst: Harm["worst_route"] = null;
  for (const [route_id, { records, requests, hit }] of routes) {
    const share = shareOf(hit, requests);
    if (hit === 0 || records < ENOUGH_OF_ROUTE || share <= (worst?.share ?? 0)) continue;
    worst = { route_id, share };
  }
  return worst;
}
