import type { Action } from "../store/actions.ts";
import type { Db } from "../store/db.ts";
import type { Incident } from "../store/incidents.ts";
import type { ActionType } from "../store/schema.ts";
import { decisionHits, reportedUntil, type TrafficSums, trafficSums } from "../store/traffic.ts";
import type { Counts, Observed } from "./judge.ts";
import { BEFORE_MS, LOOK_BACK_MS, SETTLING_MS, SHORTEST_BEFORE_MS, USUAL_MS } from "./settings.ts";

export interface Observation {
  observed: Observed;
  before: TrafficSums;
  after: TrafficSums;
  /** Nothing was reported yet for the time since. */
  isSilent: boolean;
}

/** These deny whatever comes to their target, as they are meant to. */
const CLOSING: readonly ActionType[] = [
  "terminate_route",
  "disable_service",
  "require_key",
  "reroute_service",
  "drain_target",
  "block_consumer",
];

/** The route it is about, or null for the whole gateway. */
function routeOf(action: Action, incident: Incident): string | null {
  // What a decision would stop is counted wherever it is.
  if (action.stage === "log_only" && action.vehicle === "decision" && action.params.route === undefined) return null;
  return action.target.route_id || incident.scope.route_id || null;
}

/** Since its present stage is in force, compared with before the action and before the incident. */
export async function observe(db: Db, action: Action, incident: Incident, now: number): Promise<Observation> {
  const applied = action.applied_at ?? now;
  const route = routeOf(action, incident);
  const until = Math.min(now, action.expires_at ?? now);
  const since = Math.max((action.stage_at ?? applied) + SETTLING_MS, until - LOOK_BACK_MS);
  const from = Math.min(since, until - 1_000);
  const reported = await reportedUntil(db, action.gateway, from, until);
  const sums = (range: { from: number; to: number; whole?: boolean }) => trafficSums(db, action.gateway, route, range);
  const after = await sums({ from, to: Math.max(reported ?? until, from + 1_000), whole: true });
  const begin = Math.min(applied - SHORTEST_BEFORE_MS, Math.max(incident.first_seen_at, applied - BEFORE_MS));
  const before = await sums({ from: begin, to: applied });
  const usualFrom = incident.first_seen_at - USUAL_MS;
  const usual = await sums({
    from: usualFrom,
    to: incident.first_seen_at - SHORTEST_BEFORE_MS,
  });
  const hits = await hitsOf(db, action, { from: (action.stage_at ?? applied) - SETTLING_MS, until, before, after });
  const observed: Observed = {
    usual: usual.requests > 0 ? await sinceFirst(db, action.gateway, route, usualFrom, usual) : null,
    before: countsOf(before),
    after: countsOf(after),
    hits,
    hitsApart: action.vehicle !== "decision",
    looksClean: incident.category === "api_ddos",
    closes: CLOSING.includes(action.type),
  };
  return { observed, before, after, isSilent: reported === null };
}

interface Span {
  /** Nodes count from the moment on at which they have it. */
  from: number;
  until: number;
  before: TrafficSums;
  after: TrafficSums;
}

/**
 * A decision's are counted by the nodes. What a hot patch ends looks like a denial by another plugin: it is credited with those that
 * are more than before; while it only counts, nodes tell what it met. Null where nobody counts.
 */
async function hitsOf(db: Db, action: Action, { from, until, before, after }: Span): Promise<number | null> {
  if (action.vehicle === "decision") return decisionHits(db, action.entity_id ?? "", from, until);
  if (!action.type.startsWith("hot_patch")) return null;
  if (action.stage === "log_only") {
    const met = await decisionHits(db, `p-${action.id}`, from, until);
    // Not one of an attack that goes on: the gateway has nothing to count in.
    return met === 0 && after.suspicious > 0 ? null : met;
  }
  return Math.max(0, after.clean_denied - (before.clean_denied / before.seconds) * after.seconds);
}

/** A route that is new has no ten minutes of usual traffic: only the time since its first counts. */
async function sinceFirst(
  db: Db,
  gateway: string,
  route: string | null,
  from: number,
  sums: TrafficSums,
): Promise<Counts> {
  let query = db.selectFrom("traffic").select("window_start").where("gateway", "=", gateway);
  query = query.where("window_start", ">=", from);
  if (route !== null) query = query.where("route_id", "=", route);
  const first = await query.orderBy("window_start").limit(1).executeTakeFirst();
  const missing = Math.max(0, (first?.window_start ?? from) - from) / 1000;
  return countsOf({ ...sums, seconds: Math.max(sums.seconds - missing, 1) });
}

function countsOf(sums: TrafficSums): Counts {
  return {
    seconds: sums.seconds,
    requests: sums.requests,
    attack_passed: sums.suspicious - sums.suspicious_denied,
    attack_stopped: sums.stopped + sums.suspicious_denied,
    legitimate_ok: sums.clean_ok,
    legitimate_denied: sums.clean_denied,
    errors: sums.errors_service + sums.errors_gateway,
  };
}
