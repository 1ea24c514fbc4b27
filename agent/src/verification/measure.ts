import { ACTION_KINDS } from "../actions/index.ts";
import { notify, waveOf } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, updateAction } from "../store/actions.ts";
import { appendIncidentLog, getIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { Effect } from "../store/schema.ts";
import { decisionHits, trafficRates } from "../store/traffic.ts";
import { summarize } from "./summary.ts";

/** Some seconds after actions were applied; each is measured again when it ends. */
export const VERIFY_JOB = "action-verify";
export const VERIFY_AFTER_MS = 12_000;
/** Actions of one response are measured together. */
const SOON_MS = 3_000;
const BEFORE_MS = 30_000;
const SHORTEST_MS = 5_000;
/** Gateways poll and configurations spread before an action is in force. */
const SETTLING_MS = 2_000;
const LONGEST_AFTER_MS = 300_000;

/** All of the incident's actions that were not measured yet, those too young again later. */
export async function verifyIncident(parts: ResponseParts, incidentId: string): Promise<void> {
  const all = await actionsOfIncident(parts.db, incidentId);
  const waiting = all.filter((action) => action.status === "applied" && action.effect === null);
  const due = (action: Action) => (action.applied_at ?? 0) + VERIFY_AFTER_MS <= parts.now() + SOON_MS;
  for (const action of waiting.filter(due)) await measure(parts, action);
  const later = waiting.filter((action) => !due(action)).map((action) => (action.applied_at ?? 0) + VERIFY_AFTER_MS);
  if (later.length > 0) await enqueueJob(parts.db, { kind: VERIFY_JOB, key: incidentId, run_at: Math.min(...later) });
  if (later.length === waiting.length) return;
  const measured = await actionsOfIncident(parts.db, incidentId);
  await notify(parts, incidentId, "incident.measured", measured, String(waveOf(measured)));
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
