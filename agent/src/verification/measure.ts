import { ACTION_KINDS } from "../actions/index.ts";
import { notify } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, getAction, updateAction } from "../store/actions.ts";
import { appendIncidentLog, getIncident } from "../store/incidents.ts";
import type { Effect } from "../store/schema.ts";
import { decisionHits, trafficRates } from "../store/traffic.ts";
import { summarize } from "./summary.ts";

/** Some seconds after an action was applied, and again when it ends. */
export const VERIFY_JOB = "action-verify";
export const VERIFY_AFTER_MS = 12_000;
const BEFORE_MS = 30_000;
const SHORTEST_MS = 5_000;
/** Gateways poll and configurations spread before an action is in force. */
const SETTLING_MS = 2_000;
const LONGEST_AFTER_MS = 300_000;

export async function verifyAction(parts: ResponseParts, actionId: string): Promise<void> {
  const action = await getAction(parts.db, actionId);
  if (action?.status !== "applied") return;
  await measure(parts, action);
  await notify(parts, action.incident_id, "action.measured", action.id);
  parts.wake();
}

/** What reached the service and what was stopped, before and since, on the incident's route or (without one) the whole gateway. */
export async function measure(parts: ResponseParts, action: Action): Promise<Effect | null> {
  const { db, gateway, now } = parts;
  const incident = await getIncident(db, action.incident_id);
  const applied_at = action.applied_at;
  if (incident === null || applied_at === null) return null;
  const route = incident.scope.route_id || null;
  const until = Math.min(now(), action.expires_at ?? now());
  const begin = Math.min(applied_at - SHORTEST_MS, Math.max(incident.first_seen_at, applied_at - BEFORE_MS));
  const from = Math.max(Math.min(applied_at + SETTLING_MS, until - 1_000), until - LONGEST_AFTER_MS);
  const before = await trafficRates(db, gateway, route, begin, applied_at);
  const after = await trafficRates(db, gateway, route, from, until);
  const decision = action.vehicle === "decision" ? action.entity_id : null;
  const hits = decision === null ? null : await decisionHits(db, decision, applied_at - SETTLING_MS, now());
  const problem = await ACTION_KINDS[action.type].verify(action, parts);
  const ended = (action.expires_at ?? 0) <= now();
  const summary = summarize({ before, after, hits, problem: ended ? null : problem });
  const effect = { before, after, measured_at: now(), summary };
  await updateAction(db, action.id, { effect }, ["applied"]);
  await appendIncidentLog(db, {
    incident_id: incident.id,
    at: now(),
    kind: "effect",
    text: summary,
    data: { action: action.id },
  });
  return effect;
}
