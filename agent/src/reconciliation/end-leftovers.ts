import { type Leftover, leftoversOf } from "../actions/leftovers.ts";
import { restoreOf } from "../actions/restore-tag.ts";
import { TRAFFIC_TYPES } from "../drivers/gateway.ts";
import { incidentOf } from "../drivers/tags.ts";
import { isDryRun, type ResponseParts } from "../response-parts.ts";
import { listActionsOn } from "../store/actions.ts";

import { removeUnlessUsed } from "./reconcile.ts";

export const LEFTOVERS_JOB = "end-leftovers";
/** It reads the whole configuration. */
export const LEFTOVERS_EVERY_MS = 300_000;
/** The job that ends an action has so long. */
const GRACE_MS = 60_000;

/**
 * Ends what is on the gateway past its time, by what is written on the entities alone, as `reap` does: also what a lost database
 * knows nothing of. What belongs to an action that is on is left to the job that ends it.
 */
export async function endLeftovers(parts: ResponseParts): Promise<string[]> {
  const { driver, now } = parts;
  if (driver === null || isDryRun(parts)) return [];
  const ended: string[] = [];
  const on = await listActionsOn(parts.db, parts.gateway);
  const busy = new Set(
    on.filter(({ status }) => status !== "dry_run").flatMap(({ id, incident_id }) => [id, incident_id]),
  );
  for (const leftover of leftoversOf(await driver.read(TRAFFIC_TYPES), now() - GRACE_MS)) {
    const { change, entity, type } = leftover;
    if (change === null || ownersOf(leftover).some((owner) => busy.has(owner))) continue;
    if (!(await removeUnlessUsed(parts, driver, change))) continue;
    parts.log.warn({ type, id: entity.id, op: change.op }, "ended what was left on the gateway past its time");
    ended.push(entity.id);
  }
  return ended;
}

function ownersOf({ entity }: Leftover): string[] {
  const restore = restoreOf(entity);
  const incident = incidentOf(entity.tags);
  return [...(restore === null ? [] : [restore.action, restore.incident]), ...(incident === null ? [] : [incident])];
}
