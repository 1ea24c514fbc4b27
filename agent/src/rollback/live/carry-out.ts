import { appendAudit, said } from "../../audit/append.ts";
import type { AppliedChange, Change } from "../../drivers/gateway.ts";
import { AdminApiError } from "../../drivers/index.ts";
import { notify } from "../../notification/notify.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { log, REVERT_JOB } from "../record.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { restorationOf } from "./restore.ts";

export const VERIFY_ROLLBACK_JOB = "rollback-verify";
export const VERIFY_EVERY_MS = 5_000;

/**
 * Puts the culprits' entities back. Run again after a crash, it finds them back already and goes on. What somebody changed
 * again meanwhile stops the whole: then a human decides.
 */
export async function carryOutRollback(parts: RollbackParts, id: string): Promise<void> {
  const { response } = parts;
  const rollback = await getRollback(response.db, id);
  if (rollback === null || rollback.status !== "planned" || response.driver === null) return;
  const culprits = rollback.verdict.suspects[0]?.culprits ?? [];
  const { changes, conflicts } = restorationOf(culprits, await response.driver.read());
  if (conflicts.length > 0) return settle(parts, rollback, "proposed", `it was changed again: ${conflicts.join("; ")}`);
  let applied: AppliedChange[];
  try {
    applied = await response.driver.apply(changes, { mayWrite: () => response.mayAct("start") });
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.retryable) throw error;
    return settle(parts, rollback, "failed", `${error.message} (${error.remedy})`);
  }
  const at = response.now();
  await updateRollback(response.db, id, { status: "verifying", changes: applied, applied_at: at }, at);
  await log(response.db, rollback, at, "action", `${applied.map(told).join("; ") || "everything was back already"}`);
  await audit(parts, rollback, "rollback.applied", applied.map(told).join("; "));
  await enqueueJob(response.db, { kind: VERIFY_ROLLBACK_JOB, key: id, run_at: at + VERIFY_EVERY_MS });
  await enqueueJob(response.db, { kind: REVERT_JOB, key: id, run_at: at });
  await notify(response, rollback.incident_id, "incident.mitigating", [], `rollback ${id}`);
  response.wake();
}

const told = ({ change }: AppliedChange): string =>
  change.op === "create"
    ? `created ${change.type} ${change.entity.id} again`
    : change.op === "delete"
      ? `removed ${change.type} ${change.id}`
      : `set ${Object.keys(change.set).join(", ")} of ${change.type} ${change.id} back`;

/** Ends it in a state; whoever follows the incident is told why. */
export async function settle(
  parts: RollbackParts,
  rollback: Rollback,
  status: Rollback["status"],
  reason: string,
): Promise<void> {
  const { response } = parts;
  const at = response.now();
  await updateRollback(response.db, rollback.id, { status, reason }, at);
  await log(response.db, rollback, at, "effect", `${status}: ${reason}`);
  await audit(parts, rollback, "rollback.settled", `${status}: ${reason}`);
  const event =
    status === "failed" || status === "undone" || status === "proposed" ? "action.failed" : "incident.measured";
  await notify(response, rollback.incident_id, event, [], `${rollback.id} ${status}`);
}

function audit(
  { response }: RollbackParts,
  { id, gateway }: Rollback,
  kind: "rollback.applied" | "rollback.settled",
  text: string,
): Promise<unknown> {
  return appendAudit(response.db, {
    at: response.now(),
    gateway,
    actor: "agent",
    kind,
    data: { rollback: id, text: said(text) },
  });
}

/** What takes applied changes back, in reverse order. */
export function inverseOf(applied: readonly AppliedChange[]): Change[] {
  return [...applied].reverse().flatMap(({ change, before, after }): Change[] => {
    if (change.op === "create")
      return after === null ? [] : [{ op: "delete", type: change.type, id: change.entity.id, expect: after }];
    if (change.op === "delete") return before === null ? [] : [{ op: "create", type: change.type, entity: before }];
    if (before === null || after === null) return [];
    const set = Object.fromEntries(Object.keys(change.set).map((field) => [field, before[field] ?? null]));
    return [{ op: "update", type: change.type, id: change.id, expect: after, set }];
  });
}

/** Puts the change in force again: it did not help, or an operator said so. */
export async function undoRollback(parts: RollbackParts, rollback: Rollback, reason: string): Promise<void> {
  const { driver, mayAct } = parts.response;
  if (driver === null) return settle(parts, rollback, "failed", "no Admin API is configured any more");
  await driver.apply(inverseOf(rollback.changes), { mayWrite: () => mayAct("end") });
  await settle(parts, rollback, "undone", reason);
}
