import { ACTION_KINDS } from "../actions/index.ts";
import type { IncidentClassification } from "../store/schema.ts";
import type { PlanTemplate } from "./action-template.ts";
import { windowAt } from "./maintenance.ts";
import type { Plan } from "./plan.ts";
import type { PolicyDocument } from "./schema.ts";

type Approval = NonNullable<Plan["approval"]>;

/** Why somebody has to agree to the plan, and how many, or null. Pure. */
export function approvalFor(
  plan: Plan,
  template: PlanTemplate,
  classification: IncidentClassification,
  { approvals, maintenance }: PolicyDocument,
  now: number,
): Approval | null {
  const risks = plan.actions.map((action) => ACTION_KINDS[action.type].risk);
  const needed: Approval[] = template.needs_approval ? [{ reason: "the plan says so", persons: 1 }] : [];
  const window = windowAt(maintenance, now, classification.severity);
  if (window !== null) needed.push({ reason: `the maintenance window ${window.name} holds`, persons: 1 });
  for (const { risk, action, below_confidence, over_targets, persons } of approvals.rules) {
    const reasons = [
      risk &&
        because(
          risks.find((each) => risk.includes(each)),
          (hit) => `its risk is ${hit.replace("_", " ")}`,
        ),
      action &&
        because(
          plan.actions.find((each) => action.includes(each.type)),
          ({ type }) => `it is ${type}`,
        ),
      below_confidence !== undefined &&
        because(
          classification.confidence < below_confidence || undefined,
          () => `confidence is below ${below_confidence}`,
        ),
      over_targets !== undefined &&
        because(plan.actions.length > over_targets || undefined, () => `it has more than ${over_targets} targets`),
    ].filter((reason) => reason !== undefined && reason !== false);
    if (reasons.every((reason) => reason !== null))
      needed.push({ reason: reasons.join(", ") || "every plan", persons });
  }
  return joined(needed);
}

const because = <Hit>(hit: Hit | undefined, say: (hit: Hit) => string): string | null =>
  hit === undefined ? null : say(hit);

/** All reasons, and the most persons of any. */
export function joined(needed: readonly Approval[]): Approval | null {
  if (needed.length === 0) return null;
  const reason = [...new Set(needed.map((each) => each.reason))].join("; ");
  return { reason, persons: Math.max(...needed.map((each) => each.persons)) };
}
