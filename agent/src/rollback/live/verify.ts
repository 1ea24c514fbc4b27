import { AdminApiError } from "../../drivers/index.ts";
import { updateIncident } from "../../store/incidents.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { watchConfiguration } from "../history/watch-configuration.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { hasRecovered } from "../symptom/watch-errors.ts";
import { notifyRollback } from "../tell.ts";
import { isWorthAnother, VERIFY_EVERY_MS, VERIFY_ROLLBACK_JOB } from "./carry-out.ts";
import { proveRecovery, recordProof, textOf } from "./prove-recovery.ts";
import { settle } from "./settle.ts";
import { putInForceAgain } from "./undo.ts";
import { slotsOf, type Window, windowOf } from "./windows.ts";

/** When errors did not fall so long after it was carried out, it is taken back and a human is called. */
const DEADLINE_MS = 120_000;
/** What was under way when it came into force still fails. */
const SETTLING_MS = 5_000;
/** Below them nothing is concluded; silence proves nothing. */
const FEWEST_REQUESTS = 10;

/** Measures until the errors are gone, or until it is clear that the change was not their cause. */
export async function verifyRollback(parts: RollbackParts, id: string): Promise<void> {
  const { response } = parts;
  const rollback = await getRollback(response.db, id);
  if (rollback === null || rollback.status !== "verifying" || rollback.applied_at === null) return;
  const now = response.now();
  const since = rollback.applied_at + SETTLING_MS;
  const slots = await slotsOf(response, rollback, since, now);
  const after = windowOf(slots, since, now);
  if (hasRecovered(slots, rollback.alarm.baseline)) return recovered(parts, rollback, after);
  if (now > rollback.applied_at + DEADLINE_MS && after.requests >= FEWEST_REQUESTS) {
    if (!haveFallen(rollback, after)) return takeBack(parts, rollback, after);
    await notifyRollback(response, rollback, "action.failed", "errors fell and are not gone");
  }
  await enqueueJob(response.db, { kind: VERIFY_ROLLBACK_JOB, key: id, run_at: now + VERIFY_EVERY_MS });
}

/** By half at least: then the change was a cause of them, and putting it in force again would do harm. */
const haveFallen = ({ alarm }: Rollback, { errors, requests }: Window): boolean =>
  errors / requests < alarm.errors / Math.max(1, alarm.requests) / 2;

async function recovered(parts: RollbackParts, rollback: Rollback, after: Window): Promise<void> {
  const { response } = parts;
  await watchConfiguration(response);
  const proof = await proveRecovery(parts, rollback, after);
  await settle(response, rollback, "recovered", textOf(proof), async (db) => {
    await updateRollback(db, rollback.id, { proof }, response.now());
    await updateIncident(db, rollback.incident_id, { status: "quiet" });
    await recordProof(db, rollback, proof);
  });
}

/** What the gateway will never do is a human's; the rest is tried again with this job. */
async function takeBack({ response }: RollbackParts, rollback: Rollback, { errors, requests }: Window): Promise<void> {
  const why = `errors went on without the change, in ${errors} of ${requests} requests: it was not their cause`;
  try {
    await putInForceAgain(response, rollback);
  } catch (error) {
    if (!(error instanceof AdminApiError) || isWorthAnother(error) || error.code === "stopped") throw error;
    const problem = `${error.message} (${error.remedy})`;
    await settle(response, rollback, "failed", `${why}, and it could not be put in force again: ${problem}`);
    return;
  }
  await settle(response, rollback, "undone", `${why}, and is in force again`);
}
