import { AdminApiError } from "./admin-error.ts";
import { coversEntity, sameEntity } from "./canonical.ts";
import { idOf } from "./check-changes.ts";
import type { AppliedChange, ApplyOptions, Change, Entity, GatewayDriver } from "./gateway.ts";

export interface Reasserted {
  /** Were gone, as after the reload of a gateway without a database, and are there again. */
  again: AppliedChange[];
  /** Somebody has changed them since; they are left as they are. */
  edited: AppliedChange[];
  /** Could not be made again, each with the reason. */
  failed: { applied: AppliedChange; error: AdminApiError }[];
}

/** Makes sure that what was applied is still there. For each change alone, so that one does not keep the others back. */
export async function reassert(
  driver: GatewayDriver,
  applied: readonly AppliedChange[],
  options: ApplyOptions = {},
): Promise<Reasserted> {
  const result: Reasserted = { again: [], edited: [], failed: [] };
  for (const one of applied) {
    const there = await driver.get(one.change.type, idOf(one.change));
    if (isInForce(one, there)) continue;
    if (!sameEntity(there, one.before)) {
      result.edited.push(one);
      continue;
    }
    try {
      result.again.push(...(await driver.apply([changeAgain(one, there)], options)));
    } catch (error) {
      if (!(error instanceof AdminApiError)) throw error;
      result.failed.push({ applied: one, error });
    }
  }
  return result;
}

function isInForce({ change, after }: AppliedChange, there: Entity | null): boolean {
  if (after === null || there === null) return after === there;
  return change.op === "update" ? coversEntity(there, change.set) : sameEntity(there, after);
}

function changeAgain({ change }: AppliedChange, there: Entity | null): Change {
  return change.op === "create" || there === null ? change : { ...change, expect: there };
}
