import { whyOtherwise } from "../actions/foresee.ts";
import { END_JOB, RESPOND_JOB } from "../actions/record.ts";
import { appendAudit, said } from "../audit/append.ts";
import { canonicalJson } from "../canonical-json.ts";
import { AgentError } from "../errors.ts";
import type { Plan } from "../policy/plan.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, updateAction } from "../store/actions.ts";
import { type Db, inTransaction } from "../store/db.ts";
import { getIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { ApprovedPlan, ForeseenWrite } from "../store/schema.ts";
import { inOrder, planHash } from "./plan-hash.ts";
import { type Approval, approvalsWaiting, getApproval } from "./read.ts";
import { countConsent, deny, lockApproval, noteApproval } from "./settle.ts";

export interface Answer {
  /** The token's name. */
  by: string;
  /** Of the plan as the operator saw it. */
  plan_hash?: string | undefined;
  comment?: string | undefined;
}

/** Agrees to exactly this plan, once. What has changed since it was asked for is void, and nothing of it is done. */
export async function approve(parts: ResponseParts, id: string, answer: Answer): Promise<Approval> {
  const stopped = await parts.mayAct("start");
  if (stopped !== null) throw new AgentError("KILL_SWITCH_ON", { why: stopped });
  const refusedNow = await reviewAgain(parts, id);
  const problem = await inTransaction(parts.db, async (transaction) => {
    const approval = await openApproval(parts, transaction, id);
    if (approval instanceof AgentError) return approval;
    const changed = refusedNow ?? (await whyChanged(parts, transaction, approval, answer));
    if (changed !== null) {
      await deny(transaction, approval, { status: "void", by: answer.by, why: changed, at: parts.now() });
      // What is to be done now is another plan, which somebody may be asked for at once.
      await enqueueJob(transaction, { kind: RESPOND_JOB, key: approval.incident_id });
      return new AgentError("APPROVAL_CHANGED", { why: changed });
    }
    if (approval.approved_by.some(({ actor }) => personOf(actor) === personOf(answer.by)))
      return new AgentError("APPROVAL_TWICE", { actor: answer.by, persons: approval.persons });
    await consent(parts, transaction, approval, answer);
    return null;
  });
  parts.wake();
  // Thrown only now: what was recorded of it stays.
  if (problem !== null) throw problem;
  return (await getApproval(parts.db, id))!;
}

/** One person may have several tokens: `alice/laptop`, `alice/phone`. */
const personOf = (token: string): string => token.replace(/\/.*$/s, "").trim().toLowerCase();

export async function reject(parts: ResponseParts, id: string, answer: Answer): Promise<Approval> {
  const problem = await inTransaction(parts.db, async (transaction) => {
    const approval = await openApproval(parts, transaction, id);
    if (approval instanceof AgentError) return approval;
    const why = `${answer.by} rejected it${answer.comment ? `: ${answer.comment}` : ""}`;
    await deny(transaction, approval, { status: "rejected", by: answer.by, why, at: parts.now() });
    return null;
  });
  if (problem !== null) throw problem;
  return (await getApproval(parts.db, id))!;
}

/** Its job, and whoever comes too late: one that nobody decided in time is over. */
export async function expireApproval(parts: ResponseParts, id: string): Promise<void> {
  await inTransaction(parts.db, async (transaction) => {
    const approval = await lockApproval(transaction, id);
    if (approval?.status === "waiting" && approval.expires_at <= parts.now())
      await expire(parts, transaction, approval);
  });
}

/** What waits for an incident that is over, or was asked for under another policy, is asked for in vain. */
export async function voidApprovals(
  parts: ResponseParts,
  which: { incident: string } | { gateway: string; otherThan: string },
  why: string,
): Promise<void> {
  for (const { id } of await approvalsWaiting(parts.db, which)) {
    await inTransaction(parts.db, async (transaction) => {
      const approval = await lockApproval(transaction, id);
      if (approval?.status !== "waiting") return;
      await deny(transaction, approval, { status: "void", by: "agent", why, at: parts.now() });
    });
  }
}

const expire = (parts: ResponseParts, db: Db, approval: Approval) =>
  deny(db, approval, { status: "expired", by: "agent", why: "nobody approved it in time", at: parts.now() });

/** Waiting and in time, or what to say instead. */
async function openApproval(parts: ResponseParts, db: Db, id: string): Promise<Approval | AgentError> {
  const approval = await lockApproval(db, id);
  if (approval === null) return new AgentError("NOT_FOUND");
  if (approval.status !== "waiting") return new AgentError("APPROVAL_OVER", { status: approval.status });
  if (approval.expires_at > parts.now()) return approval;
  await expire(parts, db, approval);
  return new AgentError("APPROVAL_OVER", { status: "expired" });
}

/** Traffic may have changed what the plan would hit since it was asked for, and somebody the gateway that it would be written on. */
async function reviewAgain({ db, review }: ResponseParts, id: string): Promise<string | null> {
  const approval = await getApproval(db, id);
  if (approval === null || approval.status !== "waiting" || review === undefined) return null;
  const incident = await getIncident(db, approval.incident_id);
  if (incident === null) return null;
  const actions = approval.plan.actions.map((action) => ({ ...action, idempotency_key: "", reason: "" }));
  const plan = { id: approval.plan.id, costly: true, actions, reason: approval.reason } as Plan;
  const { refuse, unread, writes = [] } = await review(plan, incident);
  if (unread !== undefined) throw new AgentError("GATEWAY_UNREAD", { problem: unread });
  return refuse ?? whyOtherwiseIn(approval.plan, writes);
}

/** Of those of which it was seen. */
function whyOtherwiseIn({ actions }: ApprovedPlan, now: readonly ForeseenWrite[][]): string | null {
  const reasons = actions.map(({ writes }, i) => writes && whyOtherwise(writes, now[i] ?? []));
  return reasons.find((why) => typeof why === "string") ?? null;
}

async function whyChanged(
  parts: ResponseParts,
  db: Db,
  approval: Approval,
  { plan_hash }: Answer,
): Promise<string | null> {
  const { plan } = approval;
  if (plan_hash !== undefined && plan_hash !== approval.plan_hash) return "the plan that was seen is another one";
  if (planHash(plan) !== approval.plan_hash) return "the recorded plan does not match its hash";
  const { hash } = parts.policy();
  if (hash !== plan.policy_hash) return `the policy changed from ${plan.policy_hash} to ${hash}`;
  const incident = await getIncident(db, approval.incident_id);
  if (incident === null || incident.status === "resolved") return "the incident is over";
  const bare = (actions: readonly Omit<ApprovedPlan["actions"][number], "ttl_s" | "writes">[]) =>
    canonicalJson(inOrder(actions.map(({ type, vehicle, target, params }) => ({ type, vehicle, target, params }))));
  const waiting = await actionsWaiting(db, approval);
  return bare(waiting) === bare(plan.actions) ? null : "its actions are not those that were asked for";
}

function actionsWaiting(db: Db, { incident_id, plan_hash }: Approval): Promise<Action[]> {
  const query = db.selectFrom("actions").selectAll().where("incident_id", "=", incident_id);
  return query.where("plan_hash", "=", plan_hash).where("status", "=", "awaiting_approval").execute();
}

async function consent(parts: ResponseParts, db: Db, approval: Approval, answer: Answer): Promise<void> {
  const at = parts.now();
  const { done, approved_by } = await countConsent(db, approval, answer.by, at, answer.comment ?? null);
  if (done) await release(parts, db, approval);
  const count = `${approved_by.length} of ${approval.persons}`;
  await noteApproval(db, approval, at, `plan ${approval.plan.id} approved by ${answer.by} (${count})`);
  const data = {
    approval: approval.id,
    plan_hash: approval.plan_hash,
    count,
    done,
    comment: said(answer.comment ?? null),
  };
  await appendAudit(db, { at, gateway: approval.gateway, actor: answer.by, kind: "approval.given", data });
}

/** From now on it is as any planned action; its time begins now. */
async function release(parts: ResponseParts, db: Db, approval: Approval): Promise<void> {
  const second = Math.floor(parts.now() / 1000);
  const ttls = new Map(
    approval.plan.actions.map((action) => [canonicalJson([action.type, action.target]), action.ttl_s]),
  );
  for (const { id, type, target } of await actionsWaiting(db, approval)) {
    const expires_at = (second + (ttls.get(canonicalJson([type, target])) ?? 0)) * 1000;
    await updateAction(db, id, { status: "planned", expires_at }, ["awaiting_approval"]);
    await enqueueJob(db, { kind: END_JOB, key: id, run_at: expires_at });
  }
  await enqueueJob(db, { kind: RESPOND_JOB, key: approval.incident_id });
}
