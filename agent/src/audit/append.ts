import { redactText } from "../redaction/index.ts";
import { type Db, inTransaction, json } from "../store/db.ts";
import type { AuditTable } from "../store/schema.ts";
import { hashOf } from "./chain.ts";

export const AUDIT_KINDS = [
  "policy.in_force",
  "plan.decided",
  "action.settled",
  "action.ended",
  "approval.wanted",
  "approval.given",
  "approval.rejected",
  "approval.expired",
  "approval.void",
  "kill_switch.on",
  "kill_switch.off",
  "allow.given",
  "allow.withdrawn",
  "gateway.alarm",
  "learned.imported",
  "rollback.decided",
  "rollback.applied",
  "rollback.settled",
  "rollback.proved",
  "proof.key_rotated",
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

export interface AuditEntry {
  at: number;
  gateway: string;
  /** Who: a token's name, "agent" or "policy file". */
  actor: string;
  kind: AuditKind;
  /** Free text in it goes through `said` first. */
  data: Record<string, unknown>;
}

/** Free text for the audit: rows are never changed again, so nothing secret may get in. */
export const said = (text: string | null): string | null => (text === null ? null : redactText(text).slice(0, 2_000));

/**
 * Adds one row to the chain, in the caller's transaction: what it tells of and the row come to be together or not at all. Whoever
 * appends holds the head's lock until its transaction ends, so append last.
 */
export function appendAudit(db: Db, entry: AuditEntry): Promise<AuditTable> {
  return inTransaction(db, async (transaction) => {
    const head = await transaction.selectFrom("audit_head").selectAll().forUpdate().executeTakeFirstOrThrow();
    const row = { ...entry, sequence: head.sequence + 1, previous: head.hash };
    const hash = hashOf(row);
    await transaction
      .insertInto("audit")
      .values({ ...row, hash, data: json(row.data) })
      .execute();
    await transaction.updateTable("audit_head").set({ sequence: row.sequence, hash }).execute();
    return { ...row, hash };
  });
}
