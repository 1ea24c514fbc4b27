import { randomUUID } from "node:crypto";
import { gatherContext } from "../policy/context.ts";
import { decide } from "../policy/decide.ts";
import { type Decision, NOTHING_NEW, OBSERVE, type Plan, type PlannedAction } from "../policy/plan.ts";
import { isDryRun, type ResponseParts } from "../response-parts.ts";
import { type Action, createAction, updateAction } from "../store/actions.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { appendIncidentLog, type Incident, incidentLog } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { IncidentClassification } from "../store/schema.ts";

/** Runs once when an action is due to end, whatever became of it. */
export const END_JOB = "action-end";

export interface Chosen {
  classification: IncidentClassification;
  /** Of the plan to carry out; when the rails no longer allow it, nothing is done. */
  plan_id: string;
}

/**
 * Makes the plan durable before anything is done: actions, the jobs that will end them, and what was decided and why. Decides
 * again under a lock, so that several incidents and several agents together stay within the rails.
 */
export function recordPlan(
  parts: ResponseParts,
  incident: Incident,
  chosen: Chosen,
): Promise<{ decision: Decision; plan: Plan; actions: Action[] }> {
  const dryRun = isDryRun(parts);
  return inTransaction(parts.db, async (transaction) => {
    await holdLock(transaction, `respond:${parts.gateway}`);
    const context = await gatherContext({ ...parts, db: transaction }, incident, dryRun);
    const decision = decide(incident, chosen.classification, parts.policy(), context);
    const plan = decision.plans.find((candidate) => candidate.id === chosen.plan_id) ?? observing(decision);
    await noteDecision(transaction, incident, decision, plan, parts.now());
    const actions: Action[] = [];
    for (const planned of plan.actions) {
      const action = await recordAction(transaction, parts, incident, planned, dryRun);
      if (action !== null) actions.push(action);
    }
    return { decision, plan, actions };
  });
}

const observing = (decision: Decision) =>
  decision.plans.at(-1) ?? { id: OBSERVE, costly: false, actions: [], reason: "nothing to do" };

async function recordAction(
  db: Db,
  parts: ResponseParts,
  incident: Incident,
  planned: PlannedAction,
  dryRun: boolean,
): Promise<Action | null> {
  const action = newAction(parts, incident, planned, dryRun);
  let { action: kept, created } = await createAction(db, action);
  if (!created && kept.status === "dry_run" && !dryRun) {
    await updateAction(db, kept.id, { status: "expired", ended_at: parts.now() }, ["dry_run"]);
    ({ action: kept, created } = await createAction(db, action));
  }
  if (!created) return null;
  await enqueueJob(db, { kind: END_JOB, key: kept.id, run_at: kept.expires_at ?? parts.now() });
  const text = `${dryRun ? "Would do" : "Will do"}: ${kept.type} ${JSON.stringify(kept.target)}, ${kept.reason}`;
  await appendIncidentLog(db, {
    incident_id: incident.id,
    at: parts.now(),
    kind: "action",
    text,
    data: { action: kept.id },
  });
  return kept;
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
    effect: null,
    error: null,
  };
}

const SHOWN_REFUSALS = 10;

/** Only what is new: evidence that changes nothing leaves no trace. */
async function noteDecision(db: Db, incident: Incident, decision: Decision, plan: Plan, at: number): Promise<void> {
  if (plan.reason === NOTHING_NEW) return;
  const text = `${decision.rule ?? "no rule"} → ${plan.id}: ${plan.reason}`;
  const log = await incidentLog(db, incident.id);
  if (log.findLast((entry) => entry.kind === "decided")?.text === text.slice(0, 1_000)) return;
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
