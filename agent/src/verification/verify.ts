import { liftAction, withdrawAction } from "../actions/end.ts";
import { notify, waveOf } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, isProbing } from "../store/actions.ts";
import { getIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import { measure } from "./measure.ts";
import { nextStep, type Step } from "./next-step.ts";
import {
  CALM_EVERY_MS,
  CANARY_SOURCES,
  SOON_MS,
  USELESS_WINDOWS,
  VERIFY_AFTER_MS,
  VERIFY_JOB,
  WINDOW_MS,
} from "./settings.ts";
import { isStaged, putStage } from "./stage.ts";

/**
 * Measures the incident's actions that are due, does what follows, and comes again as long as some are on. Run any number of
 * times: what was done already is found done.
 */
export async function verifyIncident(parts: ResponseParts, incidentId: string): Promise<void> {
  const on = (await actionsOfIncident(parts.db, incidentId)).filter((action) => action.status === "applied");
  const due = on.filter((action) => dueAt(action) <= parts.now() + SOON_MS);
  const failures: unknown[] = [];
  for (const action of due) await evaluate(parts, action, on.length).catch((error) => failures.push(error));
  const all = await actionsOfIncident(parts.db, incidentId);
  const next = all.filter((action) => action.status === "applied").map(dueAt);
  if (next.length > 0) {
    const run_at = Math.max(parts.now() + 1_000, Math.min(...next));
    await enqueueJob(parts.db, { kind: VERIFY_JOB, key: incidentId, run_at });
  }
  if (due.length > 0) await notify(parts, incidentId, "incident.measured", all, String(waveOf(all)));
  if (failures.length > 0) throw failures[0];
}

function dueAt(action: Action): number {
  const begun = (action.stage_at ?? action.applied_at ?? 0) + VERIFY_AFTER_MS;
  const { measured_at = null, windows = 0 } = action.effect ?? {};
  if (measured_at === null || measured_at < begun) return begun;
  const isYoung = action.stage !== "full" || isProbing(action) || windows < USELESS_WINDOWS;
  return measured_at + (isYoung ? WINDOW_MS : CALM_EVERY_MS);
}

async function evaluate(parts: ResponseParts, action: Action, siblings: number): Promise<void> {
  const measured = await measure(parts, action);
  const incident = await getIncident(parts.db, action.incident_id);
  if (measured === null || incident === null) return;
  const { observed, judgement, effect } = measured;
  const step = nextStep({
    action,
    isStaged: isStaged(action),
    hasShare: action.target.kind !== "ip" || siblings >= CANARY_SOURCES,
    observed,
    judgement,
    effect,
    lastEvidence: incident.last_seen_at,
    now: parts.now(),
  });
  await take(parts, { ...action, effect }, step);
}

function take(parts: ResponseParts, action: Action, step: Step): Promise<unknown> {
  if (step.do === "stage") return putStage(parts, action, step);
  if (step.do === "withdraw") return withdrawAction(parts, action, step.outcome, step.why);
  return step.do === "lift" ? liftAction(parts, action, step.why) : Promise.resolve();
}
