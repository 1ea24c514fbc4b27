import { idOfChange } from "../../drivers/before-images.ts";
import { coversEntity, sameEntity } from "../../drivers/canonical.ts";
import type { AppliedChange, Change, Configuration, Entity } from "../../drivers/gateway.ts";
import { AdminApiError } from "../../drivers/index.ts";
import type { ResponseParts } from "../../response-parts.ts";
import type { Rollback } from "../../store/rollbacks.ts";
import { type Restoration, same, withoutTimes } from "./restore.ts";

/**
 * The writes that put what was taken back in force again, the last one first, as far as it is not yet. What somebody changed since is
 * a conflict. Pure.
 */
export function undoOf(applied: readonly AppliedChange[], now: Configuration): Restoration {
  const changes: Change[] = [];
  const conflicts: string[] = [];
  for (const one of [...applied].reverse()) {
    const { type } = one.change;
    const id = idOfChange(one.change);
    const there = now.entities[type]?.find((entity) => entity.id === id) ?? null;
    const step = undoOne(one, there);
    if (typeof step === "string") conflicts.push(`${type} ${id} ${step}`);
    else if (step !== null) changes.push(step);
  }
  return { changes, conflicts };
}

/** The write, null when it is in force again already, or why it cannot be. */
function undoOne({ change, before }: AppliedChange, there: Entity | null): Change | null | string {
  const { type } = change;
  if (change.op === "create") {
    if (there === null) return null;
    return coversEntity(there, withoutTimes(change.entity))
      ? { op: "delete", type, id: there.id, expect: there }
      : "was changed since";
  }
  const was = before ?? change.expect;
  if (change.op === "delete") {
    if (there === null) return { op: "create", type, entity: withoutTimes(was) };
    return sameEntity(there, was) ? null : "is there again, and another";
  }
  if (there === null) return "was removed since";
  const open = Object.keys(change.set).filter((field) => !same(there, was, [field]));
  if (open.length === 0) return null;
  const left = { id: was.id, ...change.set };
  if (!same(there, left, open)) return `has another ${open.join(", ")} since`;
  const set = Object.fromEntries(open.map((field) => [field, was[field] ?? null]));
  return { op: "update", type, id: change.id, expect: there, set };
}

/** Puts the change in force again, whole or not at all; run again, it does what is left. Throws `AdminApiError`. */
export async function putInForceAgain({ driver, mayAct }: ResponseParts, rollback: Rollback): Promise<void> {
  if (driver === null) throw new AdminApiError("not_found", null, "no Admin API is configured any more");
  let conflicts: string[] = [];
  const plan = (configuration: Configuration) => {
    const undo = undoOf(rollback.changes, configuration);
    conflicts = undo.conflicts;
    return conflicts.length > 0 ? [] : undo.changes;
  };
  await driver.apply(plan, { mayWrite: () => mayAct("end") });
  if (conflicts.length > 0) throw new AdminApiError("conflict", null, conflicts.join("; "));
}
