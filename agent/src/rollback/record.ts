import { randomUUID } from "node:crypto";
import { appendAudit, said } from "../audit/append.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { listChanges } from "../store/history.ts";
import { appendIncidentLog, type Incident, upsertIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { RollbackStatus } from "../store/rollback-tables.ts";
import { addRollback, listRollbacks, type Rollback, updateRollback } from "../store/rollbacks.ts";
import type { Verdict } from "./cause/attribute.ts";
import { isSameContent, type Ruling } from "./rails.ts";
import type { RouteAlarm } from "./symptom/monitor.ts";
import { notifyRollback } from "./tell.ts";

export const ROLLBACK_JOB = "rollback";
export const REVERT_JOB = "rollback-revert";

/** So long after it was looked at, errors of the same routes are not looked at again, unless the configuration changed. */
const QUIET_MS = 10 * 60_000;
/** What is no change's fault is not said again for so long. */
const NOT_CONFIGURATION_QUIET_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const UNDER_WAY: readonly RollbackStatus[] = ["planned", "verifying"];
/** There is one for the change that somebody has to look at, or has looked at. */
const STANDING: readonly RollbackStatus[] = [...UNDER_WAY, "proposed", "dry_run", "failed", "undone"];

const ofLastDay = ({ db, gateway, now }: ResponseParts): Promise<Rollback[]> =>
  listRollbacks(db, gateway, { since: now() - DAY_MS, limit: 200 });

const covers = ({ routes }: Rollback, alarms: readonly RouteAlarm[]): boolean =>
  alarms.every(({ route }) => routes.includes(route));

/** That somebody looked into why it is slow is no reason not to look into errors. */
const isOfKind = ({ alarm }: Rollback, alarms: readonly RouteAlarm[]): boolean =>
  alarm.slow === undefined || alarms.every((one) => one.alarm.slow !== undefined);

export async function isLookedAt(parts: ResponseParts, alarms: readonly RouteAlarm[]): Promise<boolean> {
  const rollbacks = (await ofLastDay(parts)).filter((one) => isOfKind(one, alarms));
  const changes = await listChanges(parts.db, parts.gateway, { since: parts.now() - DAY_MS, limit: 20 });
  const changed_at = Math.max(0, ...changes.flatMap(({ by_agent, seen_at }) => (by_agent ? [] : seen_at)));
  const isQuiet = ({ status, updated_at }: Rollback) =>
    UNDER_WAY.includes(status) || (updated_at > parts.now() - QUIET_MS && updated_at >= changed_at);
  return alarms.every(({ route }) => rollbacks.some((one) => one.routes.includes(route) && isQuiet(one)));
}

/** The one that says the same already: nobody is told twice, and no second incident or pull request is made of it. */
async function findStanding(
  parts: ResponseParts,
  alarms: readonly RouteAlarm[],
  verdict: Verdict,
  ruling: Ruling,
): Promise<Rollback | undefined> {
  const rollbacks = (await ofLastDay(parts)).filter((one) => isOfKind(one, alarms));
  if (ruling.status !== "not_configuration") {
    const [suspect] = verdict.suspects;
    const isSame = (one: Rollback) =>
      suspect !== undefined && (one.change_id === suspect.change || isSameContent(one, suspect));
    return rollbacks.find((one) => STANDING.includes(one.status) && isSame(one));
  }
  const recent = parts.now() - NOT_CONFIGURATION_QUIET_MS;
  return rollbacks.find(
    (one) =>
      covers(one, alarms) &&
      (STANDING.includes(one.status) || (one.status === "not_configuration" && one.created_at > recent)),
  );
}

/** Makes the case durable, with an incident for people to follow, before anything is done. Null when it is known already. */
export async function recordRollback(
  parts: ResponseParts,
  alarms: readonly RouteAlarm[],
  verdict: Verdict,
  ruling: Ruling,
): Promise<Rollback | null> {
  return inTransaction(parts.db, async (db) => {
    await holdLock(db, `rollback:${parts.gateway}`);
    if (await isLookedAt({ ...parts, db }, alarms)) return null;
    const standing = await findStanding({ ...parts, db }, alarms, verdict, ruling);
    if (standing !== undefined) {
      await updateRollback(db, standing.id, {}, parts.now());
      return null;
    }
    const incident = incidentOf(parts, alarms, verdict, ruling);
    await upsertIncident(db, incident);
    const rollback = rowOf(parts, alarms, verdict, ruling, incident.id);
    await addRollback(db, rollback);
    await log(db, rollback, parts.now(), "decided", textOf(ruling));
    await enqueueNext(db, rollback);
    await notifyRollback({ ...parts, db }, rollback, "incident.opened", "decided");
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

async function enqueueNext(db: Db, { id, status, created_at }: Rollback): Promise<void> {
  const kind = status === "planned" ? ROLLBACK_JOB : status === "proposed" ? REVERT_JOB : null;
  if (kind !== null) await enqueueJob(db, { kind, key: id, run_at: created_at });
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
    error_kinds: [...new Set(alarms.flatMap(({ kind }) => (kind === "slow" ? [] : [kind])))],
    verdict,
    data_planes: [],
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

function wrongWith({ kind, alarm }: RouteAlarm): string {
  if (alarm.slow !== undefined)
    return `took ${alarm.slow.over_ms} ms or longer, most of it in ${alarm.slow.side === "service" ? "the service" : "Kong"}`;
  return kind === "failed" ? "failed" : "were refused by Kong";
}

function incidentOf(parts: ResponseParts, alarms: readonly RouteAlarm[], verdict: Verdict, ruling: Ruling): Incident {
  const worst = worstOf(alarms);
  const { route, alarm } = worst;
  const now = parts.now();
  const category = ruling.status === "not_configuration" ? ("mass_error" as const) : ("route_misconfig" as const);
  const share = Math.round((100 * alarm.errors) / Math.max(1, alarm.requests));
  const first = `${share} % of ${alarm.requests} requests ${wrongWith(worst)}, since ${new Date(alarm.onset).toISOString()}`;
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
