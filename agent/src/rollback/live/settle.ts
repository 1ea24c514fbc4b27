import { appendAudit, said } from "../../audit/append.ts";
import type { MessageEvent } from "../../notification/message.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { holdLock, inTransaction } from "../../store/db.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { log, REVERT_JOB } from "../record.ts";
import { notifyRollback } from "../tell.ts";

type Settled = "proposed" | "failed" | "undone" | "recovered";

const EVENTS: Record<Settled, MessageEvent> = {
  proposed: "action.failed",
  failed: "action.failed",
  undone: "action.undone",
  recovered: "incident.measured",
};

/**
 * Ends it in a state, with all that follows or nothing of it; `first` goes into the same transaction. Whoever follows the incident is
 * told why, and git follows. False when somebody else has settled it meanwhile.
 */
export async function settle(
  response: ResponseParts,
  rollback: Rollback,
  status: Settled,
  reason: string,
  first: (db: ResponseParts["db"]) => Promise<unknown> = async () => undefined,
): Promise<boolean> {
  const settled = await inTransaction(response.db, async (db) => {
    await holdLock(db, `rollback:${rollback.id}`);
    if ((await getRollback(db, rollback.id))?.status !== rollback.status) return false;
    await first(db);
    const at = response.now();
    await updateRollback(db, rollback.id, { status, reason }, at);
    await log(db, rollback, at, "effect", `${status}: ${reason}`);
    await enqueueJob(db, { kind: REVERT_JOB, key: rollback.id, run_at: at });
    await notifyRollback({ ...response, db }, rollback, EVENTS[status], status);
    await auditRollback({ ...response, db }, rollback, "rollback.settled", `${status}: ${reason}`);
    return true;
  });
  if (settled) response.wake();
  return settled;
}

/** Append it last in a transaction. */
export function auditRollback(
  { db, now }: Pick<ResponseParts, "db" | "now">,
  { id, gateway }: Rollback,
  kind: "rollback.applied" | "rollback.settled",
  text: string,
): Promise<unknown> {
  return appendAudit(db, { at: now(), gateway, actor: "agent", kind, data: { rollback: id, text: said(text) } });
}
