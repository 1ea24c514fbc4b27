import type { ResponseParts } from "../response-parts.ts";
import type { Incident } from "../store/incidents.ts";
import { joined } from "./approval-rules.ts";
import type { Decision, Plan, Refusal, Reviewed } from "./plan.ts";

/** The decision without the plans that the review refuses, and with what it says of the others. */
export async function reviewPlans(parts: ResponseParts, incident: Incident, decision: Decision): Promise<Decision> {
  const { review } = parts;
  if (review === undefined) return decision;
  const plans: Plan[] = [];
  const refusals: Refusal[] = [...decision.refusals];
  for (const plan of decision.plans) {
    if (plan.actions.length === 0) {
      plans.push(plan);
      continue;
    }
    const reviewed = await review(plan, incident);
    if (reviewed.refuse === null) plans.push(reviewedPlan(plan, reviewed));
    else refusals.push({ plan: plan.id, target: null, reason: reviewed.refuse });
  }
  return { ...decision, plans, refusals };
}

function reviewedPlan(plan: Plan, { needs_approval, preview, writes }: Reviewed): Plan {
  const wanted = needs_approval === null ? [] : [{ reason: needs_approval, persons: 1 }];
  const approval = joined([...(plan.approval ? [plan.approval] : []), ...wanted]);
  const actions = plan.actions.map((action, i) => ({ ...action, ...(writes?.[i] && { writes: writes[i] }) }));
  return { ...plan, actions, ...(approval && { approval }), ...(preview && { preview }) };
}
