import { UNUSED_S } from "../../../contract/learning.ts";
import type { JobKind } from "../jobs/job-kind.ts";
import { type Db, inTransaction } from "../store/db.ts";
import { advanceLearned, forgetUnused } from "../store/learned.ts";
import { forgetBaselines } from "../store/learned-baselines.ts";

/** What was learned and is not used any more ends; what an operator decided stays. */
export function forgetLearnedJob(db: Db): JobKind {
  return { kind: "forget-learned", everyMs: 600_000, run: () => forgetLearned(db) };
}

export function forgetLearned(db: Db, now = Date.now()): Promise<void> {
  return inTransaction(db, async (transaction) => {
    const before = now - UNUSED_S * 1000;
    const changed = [...(await forgetUnused(transaction, before)), ...(await forgetBaselines(transaction, before))];
    for (const gateway of new Set(changed)) await advanceLearned(transaction, gateway);
  });
}
