import { recordInto } from "../../drivers/before-images.ts";
import type { AppliedChange } from "../../drivers/gateway.ts";
import { AdminApiError } from "../../drivers/index.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { inTransaction } from "../../store/db.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { log, REVERT_JOB } from "../record.ts";
import { notifyRollback, told } from "../tell.ts";
import { restorationOf } from "./restore.ts";
import { auditRollback, settle } from "./settle.ts";

export const VERIFY_ROLLBACK_JOB = "rollback-verify";
export const VERIFY_EVERY_MS = 5_000;

/**
 * Puts the culprits' entities back. Each before-image is durable before its write; run again after a crash, it finds back already
 * what was put back and goes on. What somebody changed again meanwhile stops the whole: then a human decides.
 */
export async function carryOutRollback(response: ResponseParts, id: string): Promise<void> {
  const rollback = await getRollback(response.db, id);
  if (rollback === null || rollback.status !== "planned" || response.driver === null) return;
  const culprits = rollback.verdict.suspects[0]?.culprits ?? [];
  const { changes, conflicts } = restorationOf(culprits, await response.driver.read());
  if (conflicts.length > 0) {
    await settle(response, rollback, "proposed", `it was changed again: ${conflicts.join("; ")}`);
    return;
  }
  const images = new Images(response, rollback);
  await rememberDataPlanes(response, rollback);
  try {
    const applied = await response.driver.apply(changes, {
      mayWrite: () => response.mayAct("start"),
      beforeWrite: (change, before) => images.keep([{ change, before, after: null }]),
    });
    await images.keep(applied);
  } catch (error) {
    if (!(error instanceof AdminApiError) || isWorthAnother(error)) throw error;
    const status = error.code === "stopped" ? "proposed" : "failed";
    await settle(response, rollback, status, `${error.message} (${error.remedy})`);
    return;
  }
  await recordApplied(response, rollback, images.all);
}

/** The gateway could not, or somebody was at it in the same moment: the next run plans on what is there then. */
export const isWorthAnother = ({ retryable, code }: AdminApiError): boolean => retryable || code === "changed";

/** What they run on before the first write, for the proof; it is no reason to wait that they do not tell. */
async function rememberDataPlanes({ db, driver, now }: ResponseParts, { id, data_planes }: Rollback): Promise<void> {
  if (data_planes.length > 0) return;
  const planes = await driver?.dataPlanes?.().catch(() => []);
  if (planes?.length) await updateRollback(db, id, { data_planes: planes }, now());
}

/** What undoing needs, in the store. */
class Images {
  readonly #response: ResponseParts;
  readonly #rollback: Rollback;
  all: AppliedChange[];

  constructor(response: ResponseParts, rollback: Rollback) {
    this.#response = response;
    this.#rollback = rollback;
    this.all = rollback.changes;
  }

  async keep(applied: readonly AppliedChange[]): Promise<void> {
    if (applied.length === 0) return;
    this.all = applied.reduce(recordInto, this.all);
    await updateRollback(this.#response.db, this.#rollback.id, { changes: this.all }, this.#response.now());
  }
}

async function recordApplied(
  response: ResponseParts,
  rollback: Rollback,
  changes: readonly AppliedChange[],
): Promise<void> {
  const at = response.now();
  const { id } = rollback;
  const text = changes.map(told).join("; ") || "everything was back already";
  await inTransaction(response.db, async (db) => {
    await updateRollback(db, id, { status: "verifying", applied_at: at }, at);
    await log(db, rollback, at, "action", text);
    await enqueueJob(db, { kind: VERIFY_ROLLBACK_JOB, key: id, run_at: at + VERIFY_EVERY_MS });
    await enqueueJob(db, { kind: REVERT_JOB, key: id, run_at: at });
    await notifyRollback({ ...response, db }, rollback, "incident.mitigating", "applied");
    await auditRollback({ ...response, db }, rollback, "rollback.applied", text);
  });
  response.wake();
}
