import { appendAudit } from "../audit/append.ts";
import { lastOf } from "../audit/read.ts";
import { sha256 } from "../canonical-json.ts";
import { type Db, inTransaction } from "../store/db.ts";
import type { Policy } from "./schema.ts";

/**
 * Puts the policy that is in force into the audit, text and all, unless its last entry says so already. Called when it takes force
 * and, in the same transaction, before anything is decided by it. True when it was new.
 */
export function recordPolicy(db: Db, gateway: string, policy: Policy, at: number): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const last = await lastOf(transaction, gateway, "policy.in_force");
    if (last?.data.hash === policy.hash) return false;
    const data = { hash: policy.hash, sha256: sha256(policy.text), text: policy.text };
    await appendAudit(transaction, { at, gateway, actor: "policy file", kind: "policy.in_force", data });
    return true;
  });
}
