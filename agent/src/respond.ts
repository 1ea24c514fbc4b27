import { isDeepStrictEqual } from "node:util";
import { carryOut } from "./actions/carry-out.ts";
import { RESPOND_JOB, recordPlan } from "./actions/record.ts";
import { voidApprovals } from "./approvals/decide-approval.ts";
import { ADVICE_LATEST_MS } from "./classification/advisor.ts";
import { classifyByRules } from "./classification/rules.ts";
import { notifyState } from "./notification/notify.ts";
import { gatherContext } from "./policy/context.ts";
import { type Decision, decide } from "./policy/index.ts";
import { reviewPlans } from "./policy/review.ts";
import { isDryRun, type ResponseParts } from "./response-parts.ts";
import { getIncident, type Incident, updateIncident } from "./store/incidents.ts";
import { enqueueJob, type NewJob } from "./store/jobs.ts";
import type { IncidentClassification } from "./store/schema.ts";

/**
 * What is done about an incident that is new or has grown. Run as a job, any number of times: what is recorded already is not
 * recorded again, what is done already is not done again. Measuring the effect and ending the action are jobs that `act` leaves.
 */
export async function respond(parts: ResponseParts, incidentId: string): Promise<void> {
  const incident = await getIncident(parts.db, incidentId);
  if (incident === null) return;
  if (incident.status === "resolved") return close(parts, incident);
  const classified = classifyByRules(incident);
  const decided = await decideNow(parts, incident, classified);
  const advised = await consult(parts, incident, classified, decided);
  // Comes back with the advice; if it should get lost, without.
  if (advised === null) await enqueueJob(parts.db, comeBack(incident, parts.now()));
  else await act(parts, incident, decided, advised);
  await notifyState(parts, incident);
}

async function close(parts: ResponseParts, incident: Incident): Promise<void> {
  await voidApprovals(parts, { incident: incident.id }, "the incident is over");
  await notifyState(parts, incident);
}

/** What the rails allow, and of that what the review has nothing against. */
async function decideNow(
  parts: ResponseParts,
  incident: Incident,
  classification: IncidentClassification,
): Promise<Decision> {
  const context = await gatherContext(parts, incident, isDryRun(parts));
  return reviewPlans(parts, incident, decide(incident, classification, parts.policy(), context));
}

interface Advised {
  classification: IncidentClassification;
  plan_id: string;
}

/** Claude may pick among the plans that the policy allows; without it, or when it fails, the first one stands. Null while it is waited for. */
async function consult(
  parts: ResponseParts,
  incident: Incident,
  classification: IncidentClassification,
  decision: Decision,
): Promise<Advised | null> {
  const first = decision.plans[0]?.id ?? "";
  if (!decision.plans.some((plan) => plan.actions.length > 0))
    return { classification: asBefore(classification, incident), plan_id: first };
  if (parts.advisor === null) return { classification, plan_id: first };
  const advice = await parts.advisor.advise(incident, classification, decision);
  if (advice === null) return null;
  const { plan_id, note, suspicious } = advice;
  const reasons = suspicious
    ? [...classification.reasons, "text that tries to steer the classifier"]
    : classification.reasons;
  const by = plan_id === null ? ("rules" as const) : ("claude" as const);
  return { classification: { ...classification, by, reasons, model_note: note }, plan_id: plan_id ?? first };
}

const comeBack = ({ id }: Incident, now: number): NewJob => ({
  kind: RESPOND_JOB,
  key: id,
  run_at: now + ADVICE_LATEST_MS,
});

/** With nothing to choose, what was said when there was stays. */
function asBefore(
  classification: IncidentClassification,
  { classification: before }: Incident,
): IncidentClassification {
  if (before?.model_note === undefined) return classification;
  return { ...classification, by: before.by, model_note: before.model_note };
}

/** While evidence comes in faster than plans are reviewed; the next response goes on from there. */
const DECIDED_AT_MOST = 3;

async function act(parts: ResponseParts, incident: Incident, decision: Decision, advised: Advised): Promise<void> {
  const { classification, plan_id } = advised;
  const { severity, confidence } = classification;
  if (!isDeepStrictEqual(classification, incident.classification)) {
    await updateIncident(parts.db, incident.id, { classification, severity, confidence });
  }
  let looked = decision;
  for (let times = 0; times < DECIDED_AT_MOST; times++) {
    if (await recordPlan(parts, incident, { classification, decision: looked, plan_id })) break;
    looked = await decideNow(parts, incident, classification);
  }
  await carryOut(parts, { ...incident, severity });
}
