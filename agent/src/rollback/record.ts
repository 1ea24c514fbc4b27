import { randomUUID } from "node:crypto";
import { appendAudit, said } from "../audit/append.ts";
import { notify } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { appendIncidentLog, type Incident, upsertIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import { addRollback, listRollbacks, type Rollback } from "../store/rollbacks.ts";
import type { Verdict } from "./cause/attribute.ts";
import type { Ruling } from "./rails.ts";
import type { RouteAlarm } from "./symptom/monitor.ts";

export const ROLLBACK_JOB = "rollback";
export const REVERT_JOB = "rollback-revert";

/** So long after one was looked at, alarms of the same routes are not looked at again. */
const QUIET_MS = 10 * 60_000;

export async function isLookedAt(parts: ResponseParts, alarms: readonly RouteAlarm[]): Promise<boolean> {
  const recent = await listRollbacks(parts.db, parts.gateway, { since: parts.now() - QUIET_MS, limit: 100 });
  return alarms.every(({ route }) => recent.some(({ routes }) => routes.includes(route)));
}

/** Makes the case durable, with an incident for people to follow, before anything is done. Null when another agent was first. */
export async function recordRollback(
  parts: ResponseParts,
  alarms: readonly RouteAlarm[],
  verdict: Verdict,
  ruling: Ruling,
): Promise<Rollback | null> {
  return inTransaction(parts.db, async (db) => {
    await holdLock(db, `rollback:${parts.gateway}`);
    if (await isLookedAt({ ...parts, db }, alarms)) return null;
    const incident = incidentOf(parts, alarms, verdict, ruling);
    await upsertIncident(db, incident);
    const rollback = rowOf(parts, alarms, verdict, ruling, incident.id);
    await addRollback(db, rollback);
    await log(db, rollback, parts.now(), "decided", textOf(ruling));
    if (ruling.status === "planned")
      await enqueueJob(db, { kind: ROLLBACK_JOB, key: rollback.id, run_at: parts.now() });
    if (ruling.status === "proposed") await enqueueJob(db, { kind: REVERT_JOB, key: rollback.id, run_at: parts.now() });
    await notify({ ...parts, db }, incident.id, "incident.opened", [], rollback.id);
    const data = {
      rollback: rollback.id,
      status: ruling.status,
      change: rollback.change_id,
      reason: said(ruling.reason),
    };
    await appendAudit(db, { at: parts.now(), gateway: parts.gateway, actor: "agent", kind: "rollback.decided", data });
    return rollback;
  });
}

const textOf = ({ status, reason }: Ruling): string =>
  status === "planned"
    ? `takes the change back: ${reason}`
    : status === "not_configuration"
      ? `no rollback: ${reason}`
      : `${status === "dry_run" ? "would take the change back" : "proposes to take the change back"}: ${reason}`;

export function log(
  db: Db,
  { incident_id, id }: Pick<Rollback, "incident_id" | "id">,
  at: number,
  kind: string,
  text: string,
): Promise<void> {
  return appendIncidentLog(db, { incident_id, at, kind, text, data: { rollback: id } });
}

function rowOf(
  parts: ResponseParts,
  alarms: readonly RouteAlarm[],
  verdict: Verdict,
  ruling: Ruling,
  incident_id: string,
): Rollback {
  const now = parts.now();
  return {
    id: randomUUID(),
    gateway: parts.gateway,
    incident_id,
    change_id: ruling.status === "not_configuration" ? null : (verdict.suspects[0]?.change ?? null),
    status: ruling.status,
    routes: [...new Set(alarms.map(({ route }) => route))],
    alarm: worstOf(alarms).alarm,
    error_kinds: [...new Set(alarms.map(({ kind }) => kind))],
    verdict,
    changes: [],
    reason: ruling.reason,
    proposal: null,
    proof: null,
    created_at: now,
    applied_at: null,
    updated_at: now,
  };
}

const worstOf = (alarms: readonly RouteAlarm[]): RouteAlarm =>
  alarms.reduce((worst, one) => (one.alarm.errors > worst.alarm.errors ? one : worst));

/** What incidents from reports have, and this one has not. */
const NOTHING = {
  sources: [],
  samples: [],
  nodes: [],
  classification: null,
  resolved_at: null,
  configured_at: null,
  asked_at: 0,
};

function incidentOf(parts: ResponseParts, alarms: readonly RouteAlarm[], verdict: Verdict, ruling: Ruling): Incident {
  const { route, alarm, kind } = worstOf(alarms);
  const now = parts.now();
  const category = ruling.status === "not_configuration" ? ("mass_error" as const) : ("route_misconfig" as const);
  const share = Math.round((100 * alarm.errors) / Math.max(1, alarm.requests));
  const first = `${share} % of ${alarm.requests} requests ${kind === "failed" ? "failed" : "were refused by Kong"}, since ${new Date(alarm.onset).toISOString()}`;
  const reasons = [first, ...(verdict.suspects[0]?.reasons ?? []), ...verdict.reasons].slice(0, 8);
  const id = randomUUID();
  return {
    id,
    gateway: parts.gateway,
    fingerprint: `${parts.gateway}:rollback:${id}`,
    category,
    class: null,
    subject_kind: "route",
    subject_value: route,
    scope: route === "" ? {} : { route_id: route },
    status: "open",
    severity: alarm.kind === "outage" ? "critical" : "high",
    confidence: Math.min(1, verdict.suspects[0]?.score ?? 0.5),
    mode: "enforce",
    score: 0,
    counts: {
      requests: alarm.requests,
      passed: alarm.requests,
      stopped: 0,
      failures: alarm.errors,
      distinct_users: 0,
      distinct_ips: 0,
      good: 0,
    },
    ...NOTHING,
    reasons,
    first_seen_at: alarm.onset,
    last_seen_at: now,
    opened_at: now,
    updated_at: now,
    asked_requests: alarm.requests,
    asked_score: 0,
  };
}
