import { randomUUID } from "node:crypto";
import { gatherContext } from "../policy/context.ts";
import { decide } from "../policy/decide.ts";
import { type Decision, NOTHING_NEW, observePlan, type Plan, type PlannedAction } from "../policy/plan.ts";
import { isDryRun, type ResponseParts } from "../response-parts.ts";
import { type Action, createAction, updateAction } from "../store/actions.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { appendIncidentLog, type Incident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { IncidentClassification } from "../store/schema.ts";

/** Runs once when an action is due to end, whatever became of it. */
export const END_JOB = "action-end";
/** Keyed by the incident: what to do about it, now that something changed. */
export const RESPOND_JOB = "respond";

export interface Chosen {
  classification: IncidentClassification;
  /** As first decided. */
  decision: Decision;
  /** Of the plan to carry out; when the rails no longer allow it, nothing is done. */
  plan_id: string;
}

/**
 * Makes the plan durable before anything is done: actions, the jobs that will end them, and what was decided and why. Decides
 * again under a lock, so that several incidents and several agents together stay within the rails.
 */
export async function recordPlan(parts: ResponseParts, incident: Incident, chosen: Chosen): Promise<void> {
  const first = planOf(chosen.decision, chosen.plan_id);
  if (first.actions.length === 0) return noteDecision(parts.db, incident, chosen.decision, first, parts.now());
  const dryRun = isDryRun(parts);
  await inTransaction(parts.db, async (transaction) => {
    await holdLock(transaction, `respond:${parts.gateway}`);
    const context = await gatherContext({ ...parts, db: transaction }, incident, dryRun);
    const decision = decide(incident, chosen.classification, parts.policy(), context);
    const plan = planOf(decision, chosen.plan_id);
    await noteDecision(transaction, incident, decision, plan, parts.now());
    for (const planned of plan.actions) await recordAction(transaction, parts, incident, planned, dryRun);
  });
}

function planOf({ plans }: Decision, id: string): Plan {
  return plans.find((candidate) => candidate.id === id) ?? plans.at(-1) ?? observePlan("nothing to do");
}

async function recordAction(
  db: Db,
  parts: ResponseParts,
  incident: Incident,
  planned: PlannedAction,
  dryRun: boolean,
): Promise<void> {
  const action = newAction(parts, incident, planned, dryRun);
  let { action: kept, created } = await createAction(db, action);
  if (!created && kept.status === "dry_run" && !dryRun) {
    await updateAction(db, kept.id, { status: "expired", ended_at: parts.now() }, ["dry_run"]);
    ({ action: kept, created } = await createAction(db, action));
  }
  if (!created) return;
  await enqueueJob(db, { kind: END_JOB, key: kept.id, run_at: kept.expires_at ?? parts.now() });
  const text = `${dryRun ? "Would do" : "Will do"}: ${kept.type} ${JSON.stringify(kept.target)}, ${kept.reason}`;
  await appendIncidentLog(db, {
    incident_id: incident.id,
    at: parts.now(),
    kind: "action",
    text,
    data: { action: kept.id },
  });
}

function newAction(parts: ResponseParts, incident: Incident, planned: PlannedAction, dryRun: boolean): Action {
  const now = parts.now();
  return {
    id: randomUUID(),
    idempotency_key: planned.idempotency_key,
    incident_id: incident.id,
    gateway: parts.gateway,
    type: planned.type,
    vehicle: planned.vehicle,
    target: planned.target,
    params: planned.params,
    status: dryRun ? "dry_run" : "planned",
    reason: planned.reason,
    created_at: now,
    applied_at: null,
    // Whole seconds, as in tags and feed: all agree on the moment.
    expires_at: (Math.floor(now / 1000) + planned.ttl_s) * 1000,
    ended_at: null,
    entity_id: null,
    before_image: null,
    changes: null,
    stage: null,
    stage_at: null,
    probed_at: null,
    repaired_at: null,
    outcome: null,
    plan_hash: null,
    effect: null,
    error: null,
  };
}

const SHOWN_REFUSALS = 10;

/** Only what is new: evidence that changes nothing leaves no trace. */
async function noteDecision(db: Db, incident: Incident, decision: Decision, plan: Plan, at: number): Promise<void> {
  if (plan.reason === NOTHING_NEW) return;
  const text = `${decision.rule ?? "no rule"} → ${plan.id}: ${plan.reason}`;
  if ((await lastDecision(db, incident.id)) === text.slice(0, 1_000)) return;
  const data = {
    rule: decision.rule,
    policy: decision.policy_hash,
    plan: plan.id,
    reason: plan.reason,
    refusals: decision.refusals.slice(0, SHOWN_REFUSALS),
    refused: decision.refusals.length,
  };
  await appendIncidentLog(db, { incident_id: incident.id, at, kind: "decided", text, data });
}

async function lastDecision(db: Db, incidentId: string): Promise<string | null> {
  const decided = db
    .selectFrom("incident_log")
    .select("text")
    .where("incident_id", "=", incidentId)
    .where("kind", "=", "decided");
  return (await decided.orderBy("id", "desc").limit(1).executeTakeFirst())?.text ?? null;
}
