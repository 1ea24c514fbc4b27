import type { Category } from "../../../contract/categories.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { AgentError } from "../errors.ts";
import type { Plan, PlannedAction, Review, Reviewed } from "../policy/index.ts";
import { idempotencyKey } from "../policy/plan.ts";
import type { Db } from "../store/db.ts";
import { getIncident, type Incident } from "../store/incidents.ts";
import type { ActionType } from "../store/schema.ts";

/** A plan that somebody thinks of. */
export interface PlanToPreview {
  /** What it is against; without one, the category and route say so. */
  incident?: string | undefined;
  category: Category;
  route_id?: string | undefined;
  actions: { type: ActionType; target: Record<string, string>; params: Record<string, unknown>; ttl_s: number }[];
}

/** Looks at the plan as the agent looks at its own. */
export async function previewOf(db: Db, review: Review, given: PlanToPreview): Promise<Reviewed> {
  const incident = given.incident === undefined ? assumed(given) : await getIncident(db, given.incident);
  if (incident === null) throw new AgentError("NOT_FOUND");
  const actions = given.actions.map((action) => planned(action, incident.id));
  const plan: Plan = { id: "preview", costly: false, actions, reason: "an operator asks what it would do" };
  return review(plan, incident);
}

function planned({ type, target, params, ttl_s }: PlanToPreview["actions"][number], incidentId: string): PlannedAction {
  const kind = ACTION_KINDS[type];
  const checked = kind.params?.safeParse(params);
  if (checked?.success === false)
    throw new AgentError("INVALID_REQUEST", { problems: `params of ${type}: ${checked.error.issues[0]?.message}` });
  return {
    type,
    vehicle: kind.needs === "feed" ? "decision" : "admin-api",
    target,
    params: checked?.data ?? params,
    ttl_s,
    idempotency_key: idempotencyKey(incidentId, type, target),
    reason: "an operator asks what it would do",
  };
}

/** Only what a review reads of it. */
function assumed({ category, route_id }: PlanToPreview): Incident {
  const counts = { requests: 0, passed: 0, stopped: 0, failures: 0, distinct_users: 0, distinct_ips: 0, good: 0 };
  const scope = route_id === undefined ? {} : { route_id };
  return { id: "preview", category, scope, subject_kind: "gateway", subject_value: "*", counts } as Incident;
}
