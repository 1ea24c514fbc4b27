import { counted } from "../counted.ts";
import type { Incident } from "../store/incidents.ts";
import { type IncidentClassification, SEVERITIES } from "../store/schema.ts";
import type { ActionTemplate, PlanTemplate } from "./action-template.ts";
import { planAimed } from "./aimed.ts";
import { approvalFor } from "./approval-rules.ts";
import { matchesAny } from "./patterns.ts";
import {
  type DecideContext,
  type Decision,
  NOTHING_NEW,
  observePlan,
  type Plan,
  type PlannedAction,
  type Refusal,
} from "./plan.ts";
import { ALREADY_ON, budgetLeft, refuseIncident } from "./rails.ts";
import type { Policy, PolicyRule } from "./schema.ts";
import { planSources } from "./sources.ts";

type Outcome = { plan: Plan | null; refusals: Refusal[] };
type Compiled = { actions: PlannedAction[]; refusals: Refusal[] };

/** What a template is filled in from. */
interface Case {
  incident: Incident;
  classification: IncidentClassification;
  policy: Policy;
  context: DecideContext;
}

/** More sources than this at once deserve a second opinion. */
const MANY_SOURCES = 5;

/** What the policy allows to be done about the incident, and why not the rest. Pure. */
export function decide(
  incident: Incident,
  classification: IncidentClassification,
  policy: Policy,
  context: DecideContext,
): Decision {
  const rule = policy.document.rules.find((candidate) => matches(candidate, incident, classification, context.tags));
  const decision: Decision = { policy_hash: policy.hash, rule: rule?.name ?? null, plans: [], refusals: [] };
  if (rule === undefined) {
    const { category, severity, confidence } = classification;
    decision.plans.push(observePlan(`no rule for ${category}, ${severity}, confidence ${confidence}`));
    return decision;
  }
  const refused = refuseIncident(incident, classification.severity, policy.document, context);
  if (refused !== null) {
    decision.plans.push(observePlan(refused));
    const refusals = rule.plans.filter(acts).map((plan) => ({ plan: plan.id, target: null, reason: refused }));
    decision.refusals.push(...refusals);
    return decision;
  }
  for (const template of rule.plans) {
    const outcome = planOne(template, { incident, classification, policy, context });
    if (outcome.plan !== null) decision.plans.push(outcome.plan);
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

const acts = (template: PlanTemplate) => template.actions.length > 0;

function whyOnlyWatch({ plans, refusals }: Decision): string {
  if (plans.length > 0) return "nothing is done, the gateway's own verdicts go on";
  const others = refusals.filter((refusal) => !refusal.reason.startsWith(ALREADY_ON));
  if (others.length > 0) return `every plan was refused: ${others.at(-1)?.reason}`;
  return refusals.length > 0 ? NOTHING_NEW : "nothing to do";
}

function matches(
  { when }: PolicyRule,
  incident: Incident,
  classification: IncidentClassification,
  tags: readonly string[] | null,
): boolean {
  const severity = SEVERITIES.indexOf(classification.severity);
  return (
    when.category.includes(classification.category) &&
    (when.class === undefined || (classification.class !== null && when.class.includes(classification.class))) &&
    (when.subject === undefined || when.subject.includes(incident.subject_kind)) &&
    severity >= SEVERITIES.indexOf(when.min_severity) &&
    severity <= SEVERITIES.indexOf(when.max_severity) &&
    classification.confidence >= when.min_confidence &&
    matchesScope(when.scope, incident, tags)
  );
}

function matchesScope(
  { routes, services, tags: wanted }: PolicyRule["when"]["scope"],
  { scope }: Incident,
  tags: readonly string[] | null,
): boolean {
  const fits = (patterns: string[] | undefined, names: readonly (string | undefined)[]) =>
    patterns === undefined || matchesAny(patterns, names) !== null;
  return (
    fits(routes, [scope.route_id, scope.route_name]) &&
    fits(services, [scope.service_id, scope.service_name]) &&
    fits(wanted, tags ?? [])
  );
}

function planOne(template: PlanTemplate, given: Case): Outcome {
  const refuse = (reason: string, refusals: Refusal[] = []): Outcome => ({
    plan: null,
    refusals: [...refusals, { plan: template.id, target: null, reason }],
  });
  const { confidence } = given.classification;
  if (confidence < template.min_confidence)
    return refuse(`confidence ${confidence} is below ${template.min_confidence}`);
  if (!acts(template)) return { plan: { ...observePlan("the policy says to watch"), id: template.id }, refusals: [] };
  if (given.context.waiting.includes(template.id)) return refuse(`${ALREADY_ON}: it waits for somebody's approval`);
  const compiled = template.actions.map((action) => compile(template, action, given));
  const refusals = compiled.flatMap((each) => each.refusals);
  const actions = compiled.flatMap((each) => each.actions);
  if (actions.length === 0) return { plan: null, refusals };
  const missing = compiled.find((each) => each.actions.length === 0 && !each.refusals.some(isOn));
  if (missing !== undefined) return refuse(`a part of it is refused: ${missing.refusals.at(-1)?.reason}`, refusals);
  return withinBudget(withApproval(planOf(template, actions), template, given), template, given, refusals);
}

const isOn = (refusal: Refusal) => refusal.reason === ALREADY_ON;

function compile(template: PlanTemplate, action: ActionTemplate, { incident, policy, context }: Case): Compiled {
  const { rails, dry_run_actions } = policy.document;
  const only = template.dry_run || dry_run_actions.includes(action.action);
  const dry = context.dry_run || only;
  const marked = (planned: PlannedAction): PlannedAction => (only ? { ...planned, dry_run: true } : planned);
  if ("max_sources" in action) {
    const { actions, refusals } = planSources(template.id, action, incident, rails, context, dry);
    return { actions: actions.map(marked), refusals };
  }
  const planned = planAimed(action, incident, rails, context, dry);
  if (typeof planned !== "string") return { actions: [marked(planned)], refusals: [] };
  const target = incident.scope.route_id ?? null;
  return { actions: [], refusals: [{ plan: template.id, target, reason: planned }] };
}

function planOf(template: PlanTemplate, actions: PlannedAction[]): Plan {
  const onSources = actions.every((action) => action.type === "block_source");
  const wide = onSources && actions.length > MANY_SOURCES && actions.some((action) => action.params.scope !== "login");
  const reason = onSources
    ? `${counted(actions.length, "source")} ${actions.length === 1 ? "qualifies" : "qualify"}`
    : [...new Set(actions.map((action) => action.reason))].join("; ").slice(0, 500);
  const { on_failure } = template;
  return {
    id: template.id,
    costly: wide || !onSources,
    actions,
    reason,
    ...(template.actions.length > 1 && on_failure !== null && { on_failure }),
  };
}

function withApproval(plan: Plan, template: PlanTemplate, { classification, policy, context }: Case): Plan {
  const approval = approvalFor(plan, template, classification, policy.document, context.now);
  return approval === null ? plan : { ...plan, approval };
}

/** Sources may be fewer; a plan of several parts is done whole or not at all. */
function withinBudget(
  plan: Plan,
  template: PlanTemplate,
  { classification, policy, context }: Case,
  refusals: Refusal[],
): Outcome {
  const { hour, day } = budgetLeft(classification.severity, policy.document.rails, context.used);
  const left = Math.min(hour, day);
  if (plan.actions.length <= left) return { plan, refusals };
  const which = hour <= day ? "hour" : "day";
  if (template.actions.length > 1) {
    const reason = `its ${plan.actions.length} actions do not fit into this ${which}'s budget, of which ${left} are left`;
    return { plan: null, refusals: [...refusals, { plan: plan.id, target: null, reason }] };
  }
  const reason = `${plan.reason}; only ${left} fit into this ${which}'s budget`;
  return { plan: { ...plan, actions: plan.actions.slice(0, left), reason }, refusals };
}
