import { appendAudit, said } from "../audit/append.ts";
import { AdminApiError } from "../drivers/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, getAction, updateAction } from "../store/actions.ts";
import type { Db } from "../store/db.ts";
import { appendIncidentLog, type Incident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import { proposePermanent } from "../verification/permanent.ts";
import { VERIFY_AFTER_MS, VERIFY_JOB } from "../verification/settings.ts";
import { firstStage, inStage } from "../verification/stage.ts";
import { ActionRefused } from "./action-kind.ts";
import { ACTION_KINDS } from "./index.ts";

/**
 * Does what is planned for the incident, also what an earlier run that died left planned. Every action ends applied, refused or
 * failed; one whose outcome is not known stays planned, and the throw makes the job run again.
 */
export async function carryOut(parts: ResponseParts, incident: Incident): Promise<Action[]> {
  const done: Action[] = [];
  let unknown: unknown;
  for (const action of await actionsOfIncident(parts.db, incident.id)) {
    if (action.status !== "planned") continue;
    try {
      done.push(await carryOutOne(parts, action, incident));
    } catch (error) {
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
  return done;
}

async function carryOutOne(parts: ResponseParts, action: Action, incident: Incident): Promise<Action> {
  const now = parts.now();
  if ((action.expires_at ?? 0) <= now)
    return settle(parts, action, {
      status: "failed",
      ended_at: now,
      error: "its time was over before it could be done",
    });
  const stopped = await parts.mayAct("start");
  if (stopped !== null) return settle(parts, action, { status: "refused", ended_at: now, error: stopped });
  try {
    const stage = firstStage(action, incident, parts.policy());
    const applied = await ACTION_KINDS[action.type].apply(inStage(action, stage), parts);
    const at = parts.now();
    const kept = await settle(parts, action, { ...applied, status: "applied", applied_at: at, stage, stage_at: at });
    // Ended while it was being applied, as by an operator: that is right. Applied by another agent meanwhile: so be it.
    if (kept.status !== "applied") await ACTION_KINDS[action.type].undo(action, parts);
    return kept;
  } catch (error) {
    if (error instanceof ActionRefused)
      return settle(parts, action, { status: "refused", ended_at: parts.now(), error: error.message });
    if (error instanceof AdminApiError && !error.retryable) {
      const text = `${error.message} (${error.remedy})`;
      return settle(parts, action, { status: "failed", ended_at: parts.now(), error: text });
    }
    await updateAction(parts.db, action.id, { error: messageOf(error) }, ["planned"]);
    throw error;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 1_000);

/** Records the outcome, unless somebody ended the action meanwhile. */
async function settle(parts: ResponseParts, action: Action, patch: Partial<Action>): Promise<Action> {
  const { db } = parts;
  const settled = await db.transaction().execute(async (transaction) => {
    if (!(await updateAction(transaction, action.id, { error: null, ...patch }, ["planned"]))) return false;
    const text = `${action.type} ${JSON.stringify(action.target)} ${patch.status}${patch.error ? `: ${patch.error}` : ""}`;
    await appendIncidentLog(transaction, {
      incident_id: action.incident_id,
      at: parts.now(),
      kind: "action",
      text,
      data: { action: action.id },
    });
    if (patch.status === "applied") {
      await markMitigating(transaction, action.incident_id);
      await enqueueJob(transaction, {
        kind: VERIFY_JOB,
        key: action.incident_id,
        run_at: parts.now() + VERIFY_AFTER_MS,
      });
    }
    if (patch.status === "applied") await proposePermanent({ ...parts, db: transaction }, { ...action, ...patch });
    await auditSettled(transaction, action, patch, parts.now());
    return true;
  });
  if (!settled) return (await getAction(db, action.id)) ?? { ...action, status: "undone" };
  const kept = { ...action, error: null, ...patch };
  parts.log.info(
    {
      action: kept.id,
      incident: kept.incident_id,
      type: kept.type,
      status: kept.status,
      reason: kept.error ?? kept.reason,
    },
    "action settled",
  );
  return kept;
}

function auditSettled(db: Db, action: Action, patch: Partial<Action>, at: number): Promise<unknown> {
  const { id, incident_id, gateway, type, target, params, plan_hash, expires_at } = action;
  const { status, entity_id } = patch;
  const data = { action: id, incident: incident_id, type, target, params, status, entity_id, expires_at, plan_hash };
  const entry = { at, gateway, actor: "agent", kind: "action.settled" as const };
  return appendAudit(db, { ...entry, data: { ...data, error: said(patch.error ?? null) } });
}

async function markMitigating(db: Db, incidentId: string): Promise<void> {
  const open = db.updateTable("incidents").where("id", "=", incidentId).where("status", "=", "open");
  await open.set({ status: "mitigating" }).execute();
}
