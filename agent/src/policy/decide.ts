import type { Incident } from "../store/incidents.ts";
import { type IncidentClassification, SEVERITIES } from "../store/schema.ts";
import {
  type DecideContext,
  type Decision,
  idempotencyKey,
  NOTHING_NEW,
  observePlan,
  type Plan,
  type Refusal,
} from "./plan.ts";
import { ALREADY_ON, escalatedTtl, refuseIncident, refuseTarget } from "./rails.ts";
import type { PlanTemplate, Policy, PolicyDocument, PolicyRule, ThrottleRouteTemplate } from "./schema.ts";
import { planSources } from "./sources.ts";

type Outcome = { plan: Plan | null; refusals: Refusal[] };

/** More sources than this at once deserve a second opinion. */
const MANY_SOURCES = 5;

/** What the policy allows to be done about the incident, and why not the rest. Pure. */
export function decide(
  incident: Incident,
  classification: IncidentClassification,
  policy: Policy,
  context: DecideContext,
): Decision {
  const { rails, rules } = policy.document;
  const rule = rules.find((candidate) => matches(candidate, incident, classification));
  const decision: Decision = { policy_hash: policy.hash, rule: rule?.name ?? null, plans: [], refusals: [] };
  if (rule === undefined) {
    decision.plans.push(
      observePlan(
        `no rule for ${classification.category}, ${classification.severity}, confidence ${classification.confidence}`,
      ),
    );
    return decision;
  }
  const refused = refuseIncident(incident, rails, context);
  if (refused !== null) {
    decision.plans.push(observePlan(refused));
    decision.refusals.push(
      ...rule.plans.filter(acts).map((plan) => ({ plan: plan.id, target: null, reason: refused })),
    );
    return decision;
  }
  for (const template of rule.plans) {
    const outcome = planOne(template, incident, classification, rails, context);
    if (outcome.plan !== null) decision.plans.push(withinBudget(outcome.plan, rails, context));
    decision.refusals.push(...outcome.refusals);
    if (outcome.plan === null && isWorking(outcome.refusals, incident, context)) break;
  }
  if (decision.plans.at(-1)?.actions.length !== 0) decision.plans.push(observePlan(whyOnlyWatch(decision)));
  return decision;
}

/** A plan that is on gets this long before the next one of its rule is tried beside it. */
const ESCALATE_AFTER_MS = 30_000;

/** On already, and no evidence came so long after it that the next plan is due. What a decision stops is no evidence. */
function isWorking(refusals: Refusal[], incident: Incident, context: DecideContext): boolean {
  if (!refusals.some((refusal) => refusal.reason === ALREADY_ON)) return false;
  const own = context.active.filter((action) => action.incident_id === incident.id);
  const latest = Math.max(0, ...own.map((action) => action.applied_at ?? context.now));
  return incident.last_seen_at < latest + ESCALATE_AFTER_MS;
}

const acts = (template: PlanTemplate) => template.action !== "observe";

function whyOnlyWatch({ plans, refusals }: Decision): string {
  if (plans.length > 0) return "nothing is done, the gateway's own verdicts go on";
  const others = refusals.filter((refusal) => !refusal.reason.startsWith(ALREADY_ON));
  if (others.length > 0) return `every plan was refused: ${others.at(-1)?.reason}`;
  return refusals.length > 0 ? NOTHING_NEW : "nothing to do";
}

function matches({ when }: PolicyRule, incident: Incident, classification: IncidentClassification): boolean {
  return (
    when.category.includes(classification.category) &&
    (when.subject === undefined || when.subject.includes(incident.subject_kind)) &&
    SEVERITIES.indexOf(classification.severity) >= SEVERITIES.indexOf(when.min_severity) &&
    classification.confidence >= when.min_confidence
  );
}

function planOne(
  template: PlanTemplate,
  incident: Incident,
  classification: IncidentClassification,
  rails: PolicyDocument["rails"],
  context: DecideContext,
): Outcome {
  if (classification.confidence < template.min_confidence) {
    const reason = `confidence ${classification.confidence} is below ${template.min_confidence}`;
    return { plan: null, refusals: [{ plan: template.id, target: null, reason }] };
  }
  if (template.action === "observe")
    return { plan: { ...observePlan("the policy says to watch"), id: template.id }, refusals: [] };
  if (template.action === "throttle_route") return planThrottle(template, incident, rails, context);
  const { actions, refusals } = planSources(template, incident, rails, context);
  if (actions.length === 0) return { plan: null, refusals };
  const costly = actions.length > MANY_SOURCES && template.scope === "all";
  return { plan: { id: template.id, costly, actions, reason: `${actions.length} source(s) qualify` }, refusals };
}

function planThrottle(
  template: ThrottleRouteTemplate,
  incident: Incident,
  rails: PolicyDocument["rails"],
  context: DecideContext,
): Outcome {
  const { route_id, route_name } = incident.scope;
  const target = { route_id: route_id ?? "" };
  const refuse = (reason: string): Outcome => ({
    plan: null,
    refusals: [{ plan: template.id, target: route_id ?? null, reason }],
  });
  if (route_id === undefined || route_id === "")
    return refuse("no route matched these requests, so there is none to throttle");
  const named = [route_id, route_name].find((name) => name !== undefined && rails.never_touch.routes.includes(name));
  if (named !== undefined) return refuse(`the policy never touches route ${named}`);
  if (context.admin_api_refusal !== null) return refuse(context.admin_api_refusal);
  const refused = refuseTarget("throttle_route", target, incident, rails, context);
  if (refused !== null) return refuse(refused);
  const params = {
    limit_by: template.limit_by,
    ...(template.per_second === undefined ? {} : { second: template.per_second }),
    ...(template.per_minute === undefined ? {} : { minute: template.per_minute }),
  };
  const reason = `each ${template.limit_by} may still send ${template.per_second ?? template.per_minute} a ${template.per_second === undefined ? "minute" : "second"}`;
  const ttl_s = escalatedTtl(template.ttl_s, "throttle_route", target, rails, context);
  const idempotency_key = idempotencyKey(incident.id, "throttle_route", target);
  const actions = [
    { type: "throttle_route" as const, vehicle: "admin-api" as const, target, params, ttl_s, idempotency_key, reason },
  ];
  return { plan: { id: template.id, costly: true, actions, reason }, refusals: [] };
}

function withinBudget(plan: Plan, rails: PolicyDocument["rails"], context: DecideContext): Plan {
  const left = rails.max_actions_per_hour - context.actions_last_hour;
  if (plan.actions.length <= left) return plan;
  return {
    ...plan,
    actions: plan.actions.slice(0, left),
    reason: `${plan.reason}; only ${left} fit into this hour's budget`,
  };
}
