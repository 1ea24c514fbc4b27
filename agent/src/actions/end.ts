import { appendAudit, said } from "../audit/append.ts";
import { AdminApiError } from "../drivers/index.ts";
import { AgentError } from "../errors.ts";
import { notify, waveOf } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, getAction, updateAction } from "../store/actions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { ActionOutcome, ActionStatus } from "../store/schema.ts";
import { measure } from "../verification/measure.ts";
import { ACTION_KINDS } from "./index.ts";
import { RESPOND_JOB } from "./record.ts";

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
  const how = "by its expiry";
  if (action.status === "applied")
    return void (await finish(parts, action, { status: "expired", error: null, how, actor: "agent" }));
  const error = "its time was over before it could be done";
  // The response takes the other parts of its plan back.
  await finish(parts, action, { status: "failed", error, how, actor: "agent", respond: true });
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
  if (!(await finish(parts, action, { status: "undone", error: null, how: `by ${by}`, actor: by })))
    return undoAction(parts, actionId, by);
  return (await getAction(parts.db, actionId)) ?? action;
}

/** By the agent, since it harms or does not help; the incident is looked at again, for the next plan of its rule. */
export function withdrawAction(parts: ResponseParts, action: Action, outcome: ActionOutcome, why: string) {
  const how = `by the agent: ${why}`;
  return endEarly(parts, action, { status: "undone", outcome, error: why, how, actor: "agent", respond: true });
}

/** It is nothing without the part of its plan that failed; the incident is looked at again, for the next plan of its rule. */
export function giveUpPart(parts: ResponseParts, action: Action, why: string) {
  const status = action.status === "planned" ? "refused" : "failed";
  return endEarly(parts, action, { status, error: why, how: `by the agent: ${why}`, actor: "agent", respond: true });
}

/** Before its expiry, since it is needed no more. */
export function liftAction(parts: ResponseParts, action: Action, why: string) {
  const how = `early, by the agent: ${why}`;
  return endEarly(parts, action, { status: "expired", error: null, how, actor: "agent" });
}

/** Somebody took it out of the gateway, or made it theirs: they are right, and what is there stays. */
export function acceptRemoval(parts: ResponseParts, action: Action, why: string) {
  return finish(parts, action, { status: "undone", error: why, how: `by hand: ${why}`, actor: "gateway" });
}

async function endEarly(parts: ResponseParts, action: Action, end: End): Promise<boolean> {
  const stopped = await parts.mayAct("end");
  if (stopped !== null) throw new Error(stopped);
  await ACTION_KINDS[action.type].undo(action, parts);
  return finish(parts, action, end);
}

interface End {
  status: ActionStatus;
  error: string | null;
  how: string;
  actor: string;
  /** As it is by default. */
  outcome?: ActionOutcome;
  /** The incident is looked at again. */
  respond?: boolean;
}

/** Once: false when its status changed meanwhile. */
async function finish(parts: ResponseParts, action: Action, end: End): Promise<boolean> {
  const { status, error, how } = end;
  const ended = await parts.db.transaction().execute(async (transaction) => {
    const at = parts.now();
    const patch = { status, error, ended_at: at, ...(end.outcome === undefined ? {} : { outcome: end.outcome }) };
    if (!(await updateAction(transaction, action.id, patch, [action.status]))) return false;
    await appendIncidentLog(transaction, {
      incident_id: action.incident_id,
      at,
      kind: "action",
      text: `${action.type} ${JSON.stringify(action.target)} ended ${how}`,
      data: { action: action.id, status },
    });
    if (end.respond) await enqueueJob(transaction, { kind: RESPOND_JOB, key: action.incident_id });
    await tellEnd({ ...parts, db: transaction }, action, status);
    await appendAudit(transaction, {
      at,
      gateway: action.gateway,
      actor: end.actor,
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
