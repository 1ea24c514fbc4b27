import { appendAudit, said } from "../audit/append.ts";
import { AdminApiError } from "../drivers/index.ts";
import { AgentError } from "../errors.ts";
import { notify, waveOf } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, getAction, updateAction } from "../store/actions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import type { ActionStatus } from "../store/schema.ts";
import { measure } from "../verification/measure.ts";
import { ACTION_KINDS } from "./index.ts";

/** At its expiry. Run again after a crash, it ends what is still on, and once only. */
export async function endAction(parts: ResponseParts, actionId: string): Promise<void> {
  const action = await getAction(parts.db, actionId);
  if (action === null || action.status === "undone" || action.status === "expired" || action.status === "refused")
    return;
  if (action.status === "dry_run") {
    await updateAction(parts.db, action.id, { status: "expired", ended_at: parts.now() }, ["dry_run"]);
    return;
  }
  const stopped = await parts.mayAct("end");
  // The job runs again; what ends by itself on the gateway does so meanwhile.
  if (stopped !== null) throw new Error(stopped);
  if (action.status === "applied") await measure(parts, action);
  // A failed one may have been applied after all, when only the answer was lost.
  await ACTION_KINDS[action.type].undo(action, parts);
  if (action.status === "failed") return;
  const status = action.status === "planned" ? "failed" : "expired";
  await finish(
    parts,
    action,
    status,
    action.status === "planned" ? "its time was over before it could be done" : null,
    null,
  );
}

/** By an operator, before its expiry. */
export async function undoAction(parts: ResponseParts, actionId: string, by: string): Promise<Action> {
  const action = await getAction(parts.db, actionId);
  if (action === null) throw new AgentError("NOT_FOUND");
  const on: ActionStatus[] = ["planned", "applied"];
  if (!on.includes(action.status)) throw new AgentError("NOT_UNDOABLE", { status: action.status });
  const stopped = await parts.mayAct("end");
  if (stopped !== null) throw new AgentError("KILL_SWITCH_ON", { why: stopped });
  try {
    await ACTION_KINDS[action.type].undo(action, parts);
  } catch (error) {
    if (error instanceof AdminApiError)
      throw new AgentError("GATEWAY_DOWN", { problem: error.message }, { cause: error });
    throw error;
  }
  // When its status changed meanwhile (it was just applied, or just expired), look again.
  if (!(await finish(parts, action, "undone", null, by))) return undoAction(parts, actionId, by);
  return (await getAction(parts.db, actionId)) ?? action;
}

async function finish(
  parts: ResponseParts,
  action: Action,
  status: ActionStatus,
  error: string | null,
  by: string | null,
): Promise<boolean> {
  const how = by === null ? "by its expiry" : `by ${by}`;
  const ended = await parts.db.transaction().execute(async (transaction) => {
    const at = parts.now();
    if (!(await updateAction(transaction, action.id, { status, error, ended_at: at }, [action.status]))) return false;
    const text = `${action.type} ${JSON.stringify(action.target)} ended ${how}`;
    await appendIncidentLog(transaction, {
      incident_id: action.incident_id,
      at,
      kind: "action",
      text,
      data: { action: action.id, status },
    });
    await tellEnd({ ...parts, db: transaction }, action, status);
    await appendAudit(transaction, {
      at,
      gateway: action.gateway,
      actor: by ?? "agent",
      kind: "action.ended",
      data: { action: action.id, incident: action.incident_id, type: action.type, status, error: said(error) },
    });
    return true;
  });
  if (!ended) return false;
  parts.log.info({ action: action.id, incident: action.incident_id, status }, `action ended ${how}`);
  parts.wake();
  return true;
}

/** An operator's undo is told each time, an expiry when it was the last one that was on. */
async function tellEnd(parts: ResponseParts, action: Action, status: ActionStatus): Promise<void> {
  const all = await actionsOfIncident(parts.db, action.incident_id);
  if (status === "undone") {
    const undone = all.filter((one) => one.id === action.id);
    await notify(parts, action.incident_id, "action.undone", undone, action.id);
  } else if (!all.some((one) => one.status === "applied" || one.status === "planned")) {
    await notify(parts, action.incident_id, "incident.ended", all, String(waveOf(all)));
  }
}
