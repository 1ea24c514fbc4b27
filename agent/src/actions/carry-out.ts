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
import { takeBackBroken } from "./whole-plan.ts";

/**
 * Does what is planned for the incident, in its order, also what an earlier run that died left planned. Every action ends applied,
 * refused or failed, and with it, unless the policy says otherwise, its whole plan; one whose outcome is not known stays planned,
 * and the throw makes the job run again.
 */
export async function carryOut(parts: ResponseParts, incident: Incident): Promise<void> {
  const unknown: unknown[] = [];
  const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => void unknown.push(error));
  await attempt(takeBackBroken(parts, incident.id));
  for (const action of await plannedFor(parts, incident.id)) {
    await attempt(carryOutOne(parts, action.id, incident));
    if (action.on_failure !== null) await attempt(takeBackBroken(parts, incident.id));
  }
  if (unknown.length > 0) throw unknown[0];
}

async function plannedFor({ db }: ResponseParts, incidentId: string): Promise<Action[]> {
  const planned = (await actionsOfIncident(db, incidentId)).filter(({ status }) => status === "planned");
  return planned.sort((one, other) => one.created_at - other.created_at || (one.part ?? 0) - (other.part ?? 0));
}

async function carryOutOne(parts: ResponseParts, id: string, incident: Incident): Promise<unknown> {
  const action = await getAction(parts.db, id);
  // It may have gone with another part of its plan.
  if (action?.status !== "planned") return;
  const now = parts.now();
  if ((action.expires_at ?? 0) <= now)
    return settle(parts, action, {
      status: "failed",
      ended_at: now,
      error: "its time was over before it could be done",
    });
  const stopped = await parts.mayAct("start");
  if (stopped !== null) {
    // What an earlier run that died wrote of it.
    if (action.changes?.length) await ACTION_KINDS[action.type].undo(action, parts);
    return settle(parts, action, { status: "refused", ended_at: now, error: stopped });
  }
  try {
    const stage = firstStage(action, incident, parts.policy());
    const applied = await ACTION_KINDS[action.type].apply(inStage(action, stage), parts);
    const at = parts.now();
    const kept = await settle(parts, action, { ...applied, status: "applied", applied_at: at, stage, stage_at: at });
    // Ended while it was being applied, as by an operator: that is right. Applied by another agent meanwhile: so be it.
    if (kept.status !== "applied") await ACTION_KINDS[action.type].undo(action, parts);
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
    const why = patch.error ? `: ${patch.error}` : "";
    const rest =
      patch.error && action.on_failure === "keep" ? "; the other parts of its plan stay, as the policy says" : "";
    const text = `${action.type} ${JSON.stringify(action.target)} ${patch.status}${why}${rest}`;
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
