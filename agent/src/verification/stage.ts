import { ACTION_KINDS } from "../actions/index.ts";
import type { Policy } from "../policy/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, isProbing, updateAction } from "../store/actions.ts";
import { type Decision, getDecision, putDecision } from "../store/decisions.ts";
import { appendIncidentLog, type Incident } from "../store/incidents.ts";
import { type ActionStage, SEVERITIES } from "../store/schema.ts";
import { CANARY_SHARE, PROBE_RPS, PROBE_SHARE } from "./settings.ts";

/** Can it be in force in part? */
export const isStaged = (action: Action): boolean =>
  action.vehicle === "decision" ? action.type !== "allow_source" : ACTION_KINDS[action.type].staged === true;

/** Where a new action begins: with counting alone, unless the policy has no canary or the incident is too severe to wait. */
export function firstStage(action: Action, incident: Incident, { document }: Policy): ActionStage {
  const { canary } = document.rails;
  if (canary === undefined || !isStaged(action)) return "full";
  return SEVERITIES.indexOf(incident.severity) >= SEVERITIES.indexOf(canary.skip_at) ? "full" : "log_only";
}

/** The parameters of a vehicle that is in force in part. */
export function partOf(stage: ActionStage, probe: boolean): { log?: number; share?: number } {
  if (stage === "log_only") return { log: 1 };
  if (stage === "share") return { share: CANARY_SHARE };
  return probe ? { share: PROBE_SHARE } : {};
}

export const inStage = (action: Action, stage: ActionStage, probe = false): Action => ({
  ...action,
  stage,
  params: { ...action.params, ...partOf(stage, probe) },
});

/** Puts the action into a stage, or on probe. Repeated after a crash it ends in the same state; nothing happens once it is over. */
export async function putStage(
  parts: ResponseParts,
  action: Action,
  to: { stage: ActionStage; probe: boolean; why: string },
): Promise<void> {
  const stopped = await parts.mayAct(to.probe ? "end" : "start");
  if (stopped !== null) return;
  if (action.vehicle !== "decision") await ACTION_KINDS[action.type].apply(inStage(action, to.stage, to.probe), parts);
  await parts.db.transaction().execute(async (transaction) => {
    const at = parts.now();
    const effect = action.effect && { ...action.effect, windows: 0, useless: 0 };
    const patch = { stage: to.stage, stage_at: at, probed_at: to.probe ? at : null, effect };
    if (!(await updateAction(transaction, action.id, patch, ["applied"]))) return;
    const decision = action.vehicle === "decision" ? await getDecision(transaction, action.entity_id ?? "") : null;
    if (decision !== null && decision.ended_at === null)
      await putDecision(transaction, inPart(decision, action, to.stage, to.probe));
    await appendIncidentLog(transaction, {
      incident_id: action.incident_id,
      at,
      kind: "action",
      text: `${action.type} ${JSON.stringify(action.target)} ${to.probe ? "on probe" : (to.stage ?? "").replace("_", "-")}: ${to.why}`,
      data: { action: action.id, stage: to.stage, probe: to.probe },
    });
  });
}

/** A share is one of client addresses; a single one that is blocked may send a little while it is probed. */
export function inPart(decision: Decision, action: Action, stage: ActionStage, probe: boolean): Decision {
  const { log: _, share: __, ...params } = decision.params;
  const isSingle = decision.kind === "ip" && !decision.value.includes("/");
  if (isSingle && isProbing(action) && decision.action === "throttle" && action.params.action !== "throttle") {
    const { rps: ___, ...full } = params;
    return inPart({ ...decision, action: "block", params: full }, { ...action, probed_at: null }, stage, probe);
  }
  if (isSingle && probe)
    return decision.action === "block"
      ? { ...decision, action: "throttle", params: { ...params, rps: PROBE_RPS } }
      : { ...decision, params };
  return { ...decision, params: { ...params, ...partOf(stage, probe) } as Decision["params"] };
}
