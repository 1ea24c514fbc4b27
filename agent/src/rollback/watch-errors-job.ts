import { attribute } from "./cause/attribute.ts";
import { gatherChanges, gatherSymptom } from "./cause/gather.ts";
import { watchConfiguration } from "./history/watch-configuration.ts";
import { rule } from "./rails.ts";
import { isLookedAt, recordRollback } from "./record.ts";
import type { RollbackParts } from "./rollback-parts.ts";

export const WATCH_ERRORS_JOB = "watch-errors";
export const WATCH_ERRORS_EVERY_MS = 1_000;

/** Looks for errors that are no noise, finds what explains them, and records what is to be done about it. */
export async function watchErrors(parts: RollbackParts): Promise<void> {
  const { response, monitor, lag } = parts;
  if (response.policy().document.rollback.mode === "off") return;
  const alarms = await monitor.step(response.db, response.gateway, response.now(), await lag());
  if (alarms.length === 0 || (await isLookedAt(response, alarms))) return;
  // What changed a moment ago has to be known by now.
  await watchConfiguration(response);
  const symptom = await gatherSymptom(response, alarms);
  const verdict = attribute(symptom, await gatherChanges(response, symptom.onset));
  const ruling = await rule(parts, verdict, symptom.routes);
  const recorded = await recordRollback(response, alarms, verdict, ruling);
  if (recorded !== null) response.wake();
}
