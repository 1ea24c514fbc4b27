import { randomUUID } from "node:crypto";
import { approvalTtlMs, askForApproval } from "../approvals/ask.ts";
import { approvablePlan, planHash } from "../approvals/plan-hash.ts";
import { appendAudit, said } from "../audit/append.ts";
import { canonicalJson } from "../canonical-json.ts";
import { gatherContext } from "../policy/context.ts";
import { decide } from "../policy/decide.ts";
import {
  type Decision,
  NOTHING_NEW,
  observePlan,
  type Plan,
  type PlannedAction,
  recordPolicy,
} from "../policy/index.ts";
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
  /** As first decided, and reviewed. */
  decision: Decision;
  /** Of the plan to carry out; when the rails no longer allow it, nothing is done. */
  plan_id: string;
}

/**
 * Makes the plan durable before anything is done: actions, the jobs that will end them, the approval it needs, and what was decided
 * and why. Decides again under a lock, so that several incidents and several agents together stay within the rails. False when
 * that gives a plan that nobody has reviewed: then nothing is recorded.
 */
export async function recordPlan(parts: ResponseParts, incident: Incident, chosen: Chosen): Promise<boolean> {
  const first = planOf(chosen.decision, chosen.plan_id);
  if (first.actions.length === 0) {
    await noteDecision(parts.db, incident, chosen.decision, first, parts.now());
    return true;
  }
  return inTransaction(parts.db, async (transaction) => {
    await holdLock(transaction, `respond:${parts.gateway}`);
    const policy = parts.policy();
    const context = await gatherContext({ ...parts, policy: () => policy, db: transaction }, incident, isDryRun(parts));
    const decision = decide(incident, chosen.classification, policy, context);
    const plan = parts.review
      ? reviewedPlan(planOf(decision, chosen.plan_id), first)
      : planOf(decision, chosen.plan_id);
    if (plan === null) return false;
    const reviewed = { ...decision, refusals: mergeRefusals(decision, chosen.decision) };
    await noteDecision(transaction, incident, reviewed, plan, parts.now());
    const recorded = await recordActions(transaction, parts, incident, plan, decision.policy_hash);
    if (recorded.length === 0) return true;
    await recordPolicy(transaction, parts.gateway, policy, parts.now());
    await auditPlan(transaction, parts, incident, reviewed, plan, recorded);
    return true;
  });
}

function planOf({ plans }: Decision, id: string): Plan {
  return plans.find((candidate) => candidate.id === id) ?? plans.at(-1) ?? observePlan("nothing to do");
}

/** With what the review said of it, or null when it does something that was not looked at. */
function reviewedPlan(plan: Plan, reviewed: Plan): Plan | null {
  const effect = ({ idempotency_key, params }: PlannedAction) => canonicalJson([idempotency_key, params]);
  const looked = new Map(reviewed.actions.map((action) => [effect(action), action.writes]));
  if (!plan.actions.every((action) => looked.has(effect(action)))) return null;
  const { approval, preview } = reviewed;
  const actions = plan.actions.map((action) => ({ ...action, writes: looked.get(effect(action)) ?? [] }));
  return { ...plan, actions, ...(approval && { approval }), ...(preview && { preview }) };
}

/** What the review refused is not refused again when it is decided anew. */
function mergeRefusals(now: Decision, before: Decision): Decision["refusals"] {
  const known = new Set(now.refusals.map((refusal) => canonicalJson(refusal)));
  return [...now.refusals, ...before.refusals.filter((refusal) => !known.has(canonicalJson(refusal)))];
}

/** What is new of it; what is on already under the same key stays as it is. */
async function recordActions(
  db: Db,
  parts: ResponseParts,
  incident: Incident,
  plan: Plan,
  policyHash: string,
): Promise<Action[]> {
  const done = isDryRun(parts) ? plan.actions : plan.actions.filter((action) => action.dry_run !== true);
  const approved = approvablePlan({ ...plan, actions: done }, incident.id, parts.gateway, policyHash);
  const recorded: Action[] = [];
  const plan_hash = planHash(approved);
  // One moment for all: it tells this run of the plan from others of the same.
  const now = parts.now();
  for (const [part, planned] of plan.actions.entries()) {
    const action = newAction(parts, incident, planned, plan, { plan_hash, part, now });
    if (await recordAction(db, parts, action)) recorded.push(action);
  }
  const waiting = recorded.filter((action) => action.status === "awaiting_approval");
  if (waiting.length > 0) await askForApproval(db, parts, plan, approved, waiting);
  return recorded;
}

async function recordAction(db: Db, parts: ResponseParts, action: Action): Promise<boolean> {
  let { action: kept, created } = await createAction(db, action);
  if (!created && kept.status === "dry_run" && action.status !== "dry_run") {
    await updateAction(db, kept.id, { status: "expired", ended_at: parts.now() }, ["dry_run"]);
    ({ action: kept, created } = await createAction(db, action));
  }
  if (!created) return false;
  const { id, status, type, target, reason, expires_at } = action;
  // What waits for approval gets its end with the approval.
  if (status !== "awaiting_approval")
    await enqueueJob(db, { kind: END_JOB, key: id, run_at: expires_at ?? parts.now() });
  const verb = { dry_run: "Would do", awaiting_approval: "Asks to do" }[status as string] ?? "Will do";
  const text = `${verb}: ${type} ${JSON.stringify(target)}, ${reason}`;
  const entry = { incident_id: action.incident_id, at: parts.now(), kind: "action", text, data: { action: id } };
  await appendIncidentLog(db, entry);
  return true;
}

function newAction(
  parts: ResponseParts,
  incident: Incident,
  planned: PlannedAction,
  plan: Plan,
  { plan_hash, part, now }: { plan_hash: string; part: number; now: number },
): Action {
  const dry = isDryRun(parts) || planned.dry_run === true;
  const waits = !dry && plan.approval !== undefined;
  return {
    id: randomUUID(),
    idempotency_key: planned.idempotency_key,
    incident_id: incident.id,
    gateway: parts.gateway,
    type: planned.type,
    vehicle: planned.vehicle,
    target: planned.target,
    params: planned.params,
    status: dry ? "dry_run" : waits ? "awaiting_approval" : "planned",
    reason: planned.reason,
    created_at: now,
    applied_at: null,
    // Whole seconds, as in tags and feed: all agree on the moment.
    expires_at: waits ? now + approvalTtlMs(parts) : (Math.floor(now / 1000) + planned.ttl_s) * 1000,
    ended_at: null,
    entity_id: null,
    before_image: null,
    changes: null,
    stage: null,
    outcome: null,
    plan_hash,
    effect: null,
    error: null,
    stage_at: null,
    probed_at: null,
    repaired_at: null,
    part,
    on_failure: plan.on_failure ?? null,
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
    ...(plan.preview && { preview: plan.preview }),
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

async function auditPlan(
  db: Db,
  parts: ResponseParts,
  incident: Incident,
  decision: Decision,
  plan: Plan,
  recorded: readonly Action[],
): Promise<void> {
  const data = {
    incident: incident.id,
    classification: { ...incident.classification, reasons: undefined, model_note: undefined },
    rule: decision.rule,
    policy: decision.policy_hash,
    plan: plan.id,
    plan_hash: recorded[0]?.plan_hash ?? null,
    reason: said(plan.reason),
    actions: recorded.map(({ id, type, target, params, status, expires_at }) => ({
      id,
      type,
      target,
      params,
      status,
      expires_at,
    })),
    refusals: decision.refusals
      .slice(0, SHOWN_REFUSALS)
      .map((refusal) => ({ ...refusal, reason: said(refusal.reason) })),
  };
  await appendAudit(db, { at: parts.now(), gateway: parts.gateway, actor: "agent", kind: "plan.decided", data });
}
