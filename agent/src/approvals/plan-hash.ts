import { canonicalJson, sha256 } from "../canonical-json.ts";
import type { Plan } from "../policy/plan.ts";
import type { ApprovedPlan } from "../store/schema.ts";

/** What an approval of the plan would be bound to. */
export function approvablePlan(plan: Plan, incident: string, gateway: string, policyHash: string): ApprovedPlan {
  const actions = plan.actions.map(({ type, vehicle, target, params, ttl_s, writes }) => ({
    ...{ type, vehicle, target, params, ttl_s },
    ...(writes && { writes }),
  }));
  return { id: plan.id, incident_id: incident, gateway, policy_hash: policyHash, actions: inOrder(actions) };
}

export function inOrder<Item>(items: readonly Item[]): Item[] {
  const texts = items.map((item) => [canonicalJson(item), item] as const);
  return texts.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

export const planHash = (plan: ApprovedPlan): string => sha256(canonicalJson(plan));
