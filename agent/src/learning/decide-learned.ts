import { HARD_SCORE } from "../../../contract/learning.ts";
import { AgentError } from "../errors.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { advanceLearned, getLearned, type LearnedItem, putLearned } from "../store/learned.ts";

/** An operator's word on what was learned: it stands until another one. */
export interface LearnedDecision {
  id: string;
  status: "approved" | "revoked";
  /** Of an approval: the threshold, or the highest score that the signature covers. */
  score?: number | undefined;
  by: string;
  reason: string;
}

export function decideLearned(
  db: Db,
  gateway: string,
  decision: LearnedDecision,
  now = Date.now(),
): Promise<LearnedItem> {
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, `learned ${gateway}`);
    const before = await getLearned(transaction, decision.id);
    if (before === null || before.gateway !== gateway) throw new AgentError("NOT_FOUND");
    const { status, by, reason } = decision;
    const score = Math.min(decision.score ?? before.score, HARD_SCORE - 1);
    const item = { ...before, status, score, decided_by: by, reason, updated_at: now };
    await putLearned(transaction, item);
    await advanceLearned(transaction, gateway);
    return item;
  });
}
