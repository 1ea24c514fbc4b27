import { acceptRemoval } from "../actions/end.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, isProbing, listActionsOn } from "../store/actions.ts";
import { endDecision, getDecision } from "../store/decisions.ts";
import { inStage } from "../verification/stage.ts";
import type { Reconciled } from "./reconcile.ts";

/** Decisions and the actions they belong to agree: a lost one is put back, an ended one ends its action, one without an action that is on ends. */
export async function reconcileDecisions(parts: ResponseParts, done: Reconciled): Promise<void> {
  const now = parts.now();
  for (const action of await listActionsOn(parts.db, parts.gateway)) {
    if (action.status !== "applied" || action.vehicle !== "decision" || (action.expires_at ?? 0) <= now) continue;
    const decision = await getDecision(parts.db, action.entity_id ?? "");
    if (decision === null) await putBack(parts, action, done);
    else if (decision.ended_at !== null && (await acceptRemoval(parts, action, "its decision was ended")))
      done.accepted.push(action.id);
  }
  for (const id of await withoutAction(parts)) {
    if ((await parts.mayAct("end")) === null && (await endDecision(parts.db, id, now))) done.removed.push(id);
  }
}

async function putBack(parts: ResponseParts, action: Action, done: Reconciled): Promise<void> {
  if ((await parts.mayAct("start")) !== null) return;
  await ACTION_KINDS[action.type].apply(inStage(action, action.stage ?? "full", isProbing(action)), parts);
  done.repaired.push(action.id);
}

async function withoutAction({ db, gateway, now }: ResponseParts): Promise<string[]> {
  const rows = await db
    .selectFrom("decisions as decision")
    .innerJoin("actions as action", "action.id", "decision.action_id")
    .select("decision.id")
    .where("decision.gateway", "=", gateway)
    .where("decision.ended_at", "is", null)
    .where("decision.expires_at", ">", now())
    .where("action.status", "not in", ["planned", "applied", "awaiting_approval"])
    .limit(1_000)
    .execute();
  return rows.map((row) => row.id);
}
