import { goodShare } from "../classification/rules.ts";
import { counted } from "../counted.ts";
import type { Incident } from "../store/incidents.ts";
import type { BlockSourceTemplate } from "./action-template.ts";
import { refuseAddress } from "./never-touch.ts";
import { type DecideContext, idempotencyKey, type PlannedAction, type Refusal } from "./plan.ts";
import { ALREADY_ON, escalatedTtl, refuseTarget } from "./rails.ts";
import type { Rails } from "./schema.ts";

interface Source {
  ip: string;
  bad: number;
  /** Null: nobody said. */
  good: number | null;
}

/** Which addresses behind the incident may be stopped, and how. */
export function planSources(
  planId: string,
  template: BlockSourceTemplate,
  incident: Incident,
  rails: Rails,
  context: DecideContext,
  dry: boolean,
): { actions: PlannedAction[]; refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const actions: PlannedAction[] = [];
  let covered = 0;
  for (const source of sourcesOf(incident, context)) {
    const refuse = (reason: string) => void refusals.push({ plan: planId, target: source.ip, reason });
    const outcome = planSource(template, source, incident, rails, context, dry);
    if (typeof outcome === "string") {
      if (outcome.startsWith(ALREADY_ON)) covered += source.bad;
      refuse(outcome);
    } else if (actions.length >= template.max_sources)
      refuse(`no more than ${counted(template.max_sources, "source")} at once may be stopped`);
    else {
      actions.push(outcome);
      covered += source.bad;
    }
  }
  const coverage = covered / Math.max(1, incident.counts.requests);
  if (actions.length > 0 && coverage < template.min_coverage) {
    const reason = `its ${counted(actions.length, "target")} sent only ${Math.round(coverage * 100)} % of the requests`;
    return { actions: [], refusals: [...refusals, { plan: planId, target: null, reason }] };
  }
  return { actions, refusals };
}

function sourcesOf(incident: Incident, context: DecideContext): Source[] {
  if (incident.subject_kind === "ip") {
    return [{ ip: incident.subject_value, bad: incident.counts.requests, good: incident.counts.good }];
  }
  return [...incident.sources]
    .sort((a, b) => b.count - a.count)
    .map(({ ip, count }) => ({
      ip,
      bad: Math.max(count, context.behind[ip]?.bad ?? 0),
      good: context.behind[ip]?.good ?? null,
    }));
}

const evidence = (count: number) => counted(count, "piece of evidence", "pieces of evidence");

function planSource(
  template: BlockSourceTemplate,
  source: Source,
  incident: Incident,
  rails: Rails,
  context: DecideContext,
  dry: boolean,
): PlannedAction | string {
  const target = { kind: "ip", value: source.ip };
  const refused =
    refuseAddress(source.ip, rails) ?? refuseTarget("block_source", target, incident, rails, context, dry);
  if (refused !== null) return refused;
  if (source.bad < template.min_requests) return `only ${evidence(source.bad)}, ${template.min_requests} are needed`;
  const how = howToStop(template, source, rails);
  if (typeof how === "string") return how;
  return {
    type: "block_source",
    vehicle: "decision",
    target,
    params: how.params,
    ttl_s: escalatedTtl(template.ttl_s, "block_source", target, rails, context),
    idempotency_key: idempotencyKey(incident.id, "block_source", target),
    reason: `${evidence(source.bad)}; ${how.why}`,
  };
}

function howToStop(
  template: BlockSourceTemplate,
  source: Source,
  rails: Rails,
): { params: PlannedAction["params"]; why: string } | string {
  if (template.scope === "login") {
    return {
      params: { action: "block", scope: "login" },
      why: "only logins of users who never succeeded from there are stopped",
    };
  }
  const share = source.good === null ? null : goodShare(source.good, source.bad);
  if (share !== null && share <= rails.max_good_share)
    return { params: { action: "block" }, why: "no good traffic worth mentioning behind it" };
  const why =
    share === null
      ? "the good traffic behind it is not known"
      : `${Math.round(share * 100)} % of its requests were good`;
  if (template.shared === "login")
    return { params: { action: "block", scope: "login" }, why: `${why}: only new logins are stopped` };
  if (template.shared === "throttle")
    return { params: { action: "throttle", rps: template.rps }, why: `${why}: only slowed down` };
  return `${why}, so it is not blocked as a whole`;
}
