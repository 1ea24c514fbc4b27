import type { ResponseParts } from "../../response-parts.ts";
import { inTransaction } from "../../store/db.ts";
import type { RevertRecord } from "../../store/rollback-tables.ts";
import { type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { log } from "../record.ts";
import { notifyRollback } from "../tell.ts";

/** Durable, and told to people once for each outcome. */
export async function keepRecord(
  response: ResponseParts,
  rollback: Rollback,
  record: RevertRecord,
  what: string,
): Promise<void> {
  const at = response.now();
  const where = record.url ?? record.branch ?? "nothing to propose";
  await inTransaction(response.db, async (db) => {
    await updateRollback(db, rollback.id, { proposal: record }, at);
    await log(db, rollback, at, "action", `${what}: ${where} (${record.outcome})`);
    await notifyRollback({ ...response, db }, rollback, "rollback.reverted", `git ${record.told}`);
  });
}
