import { type AuditKind, appendAudit, said } from "../audit/append.ts";
import { type Db, inTransaction, json } from "../store/db.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import type { ApprovalStatus } from "../store/schema.ts";
import type { Approval } from "./read.ts";

/** The approval as it is now, kept from everybody else until the transaction ends. */
export async function lockApproval(db: Db, id: string): Promise<Approval | null> {
  return (await db.selectFrom("approvals").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()) ?? null;
}

const KINDS: Record<Exclude<ApprovalStatus, "waiting" | "approved">, AuditKind> = {
  rejected: "approval.rejected",
  expired: "approval.expired",
  void: "approval.void",
};

export interface Denial {
  status: keyof typeof KINDS;
  by: string;
  /** In words, for the actions, the incident's log and the audit. */
  why: string;
  at: number;
}

/** Ends a waiting approval without consent: its actions are refused. */
export async function deny(db: Db, approval: Approval, { status, by, why, at }: Denial): Promise<void> {
  await inTransaction(db, async (transaction) => {
    const decided = { status, decided_at: at, decided_by: by, comment: said(why) };
    await transaction.updateTable("approvals").set(decided).where("id", "=", approval.id).execute();
    await transaction
      .updateTable("actions")
      .set({ status: "refused", ended_at: at, error: why.slice(0, 1_000) })
      .where("incident_id", "=", approval.incident_id)
      .where("plan_hash", "=", approval.plan_hash)
      .where("status", "=", "awaiting_approval")
      .execute();
    await noteApproval(transaction, approval, at, `plan ${approval.plan.id} is not done: ${why}`);
    const data = { approval: approval.id, plan_hash: approval.plan_hash, why: said(why) };
    await appendAudit(transaction, { at, gateway: approval.gateway, actor: by, kind: KINDS[status], data });
  });
}

export async function noteApproval(db: Db, approval: Approval, at: number, text: string): Promise<void> {
  const data = { approval: approval.id, plan_hash: approval.plan_hash };
  await appendIncidentLog(db, { incident_id: approval.incident_id, at, kind: "approval", text, data });
}

/** One more person agreed; `done` when that was the last one needed. */
export async function countConsent(db: Db, approval: Approval, by: string, at: number, comment: string | null) {
  const approved_by = [...approval.approved_by, { actor: by, at }];
  const done = approved_by.length >= approval.persons;
  const decided = done ? { status: "approved" as const, decided_at: at, decided_by: by, comment: said(comment) } : {};
  const update = db.updateTable("approvals").set({ approved_by: json(approved_by), ...decided });
  await update.where("id", "=", approval.id).execute();
  return { done, approved_by };
}
