import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident } from "../store/actions.ts";
import { giveUpPart } from "./end.ts";

/**
 * Takes back what is on of plans of which a part failed for good, the last part first, unless the policy lets the rest stay.
 * Repeated after a crash it finds what is left of it.
 */
export async function takeBackBroken(parts: ResponseParts, incidentId: string): Promise<void> {
  const actions = (await actionsOfIncident(parts.db, incidentId)).filter(({ on_failure }) => on_failure === "undo");
  const broken = actions.filter(({ status }) => status === "failed" || status === "refused");
  const on = actions.filter(({ status }) => status === "planned" || status === "applied");
  for (const action of on.sort((one, other) => (other.part ?? 0) - (one.part ?? 0))) {
    const cause = broken.find((other) => isOfOnePlan(action, other));
    if (cause !== undefined) await giveUpPart(parts, action, `another part of its plan failed, ${cause.type}`);
  }
}

/** The same plan may have been carried out before. */
const isOfOnePlan = (one: Action, other: Action): boolean =>
  one.plan_hash === other.plan_hash && one.created_at === other.created_at;
