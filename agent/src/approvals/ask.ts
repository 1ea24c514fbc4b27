import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append.ts";
import { notify } from "../notification/notify.ts";
import type { Plan } from "../policy/plan.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Action } from "../store/actions.ts";
import { type Db, json } from "../store/db.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { ApprovedPlan } from "../store/schema.ts";
import { planHash } from "./plan-hash.ts";
import type { Approval } from "./read.ts";

/** Runs once when an approval's time is over. */
export const APPROVAL_JOB = "approval-expire";

export const approvalTtlMs = (parts: ResponseParts): number => parts.policy().document.approvals.ttl_s * 1000;

/** Asks for somebody's agreement to what was just recorded as waiting for it, in the transaction that recorded it. */
export async function askForApproval(
  db: Db,
  parts: ResponseParts,
  plan: Plan,
  approved: ApprovedPlan,
  waiting: readonly Action[],
): Promise<Approval> {
  const now = parts.now();
  const row: Approval = {
    id: randomUUID(),
    gateway: approved.gateway,
    incident_id: approved.incident_id,
    plan_hash: planHash(approved),
    plan: approved,
    policy_hash: approved.policy_hash,
    reason: plan.approval?.reason ?? "",
    persons: plan.approval?.persons ?? 1,
    approved_by: [],
    status: "waiting",
    preview: plan.preview ?? null,
    requested_at: now,
    expires_at: now + approvalTtlMs(parts),
    decided_at: null,
    decided_by: null,
    comment: null,
  };
  const values = {
    ...row,
    plan: json(row.plan),
    approved_by: json(row.approved_by),
    preview: row.preview && json(row.preview),
  };
  await db.insertInto("approvals").values(values).execute();
  await enqueueJob(db, { kind: APPROVAL_JOB, key: row.id, run_at: row.expires_at });
  const commands = commandsOf(parts.publicUrl, row);
  await notify({ ...parts, db }, row.incident_id, "approval.wanted", waiting, row.id, { approve: commands });
  const { id: approval, plan_hash, reason, persons, expires_at } = row;
  const data = { approval, plan_hash, plan: row.plan, reason, persons, expires_at };
  await appendAudit(db, { at: now, gateway: row.gateway, actor: "agent", kind: "approval.wanted", data });
  return row;
}

/** The token stays in the operator's shell: no message carries one. The hash says what was seen when it was decided. */
function commandsOf(publicUrl: string, { id, plan_hash }: Approval): string[] {
  const line = (verb: string) =>
    `curl -X POST --oauth2-bearer "$TR_TOKEN" --json '{"plan_hash":"${plan_hash}"}' ${publicUrl}/v1/approvals/${id}/${verb}`;
  return [line("approve"), line("reject")];
}
