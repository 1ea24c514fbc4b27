import type { Incident } from "../store/incidents.ts";
import type { ActionType, Severity } from "../store/schema.ts";
import { windowAt } from "./maintenance.ts";
import { type DecideContext, sameTarget } from "./plan.ts";
import { leftFor } from "./reserve.ts";
import type { PolicyDocument, Rails } from "./schema.ts";

export const ALREADY_ON = "already on";

/** Why nothing may be done about this incident at all, or null. */
export function refuseIncident(
  incident: Incident,
  severity: Severity,
  { rails, maintenance }: PolicyDocument,
  context: DecideContext,
): string | null {
  if (context.stopped !== null) return context.stopped;
  if (incident.status === "resolved") return "the incident is over";
  // A dry run carries nothing out: it shows what would be done before anything is enforced.
  if (incident.mode === "monitor" && !rails.act_on_monitor && !context.dry_run) return "the plugin only monitors here";
  const age_s = Math.round((context.now - incident.last_seen_at) / 1000);
  if (age_s > rails.max_evidence_age_s) return `the newest evidence is ${age_s} s old`;
  const window = windowAt(maintenance, context.now, severity);
  if (window?.effect === "observe") return `the maintenance window ${window.name} holds`;
  return refuseBudget(severity, rails, context);
}

function refuseBudget(severity: Severity, rails: Rails, { used }: DecideContext): string | null {
  const { hour, day } = budgetLeft(severity, rails, used);
  const sum = (counts: Record<Severity, number>) => Object.values(counts).reduce((one, other) => one + other, 0);
  if (hour <= 0)
    return `${sum(used.hour)} actions in the last hour, the most allowed at severity ${severity} (${rails.max_actions_per_hour} in all)`;
  if (day <= 0) return `${sum(used.day)} actions in the last day, the most allowed at severity ${severity}`;
  return null;
}

export function budgetLeft(severity: Severity, rails: Rails, used: DecideContext["used"]) {
  const { reserved, max_actions_per_hour, max_actions_per_day = 8 * max_actions_per_hour } = rails;
  return {
    hour: leftFor(severity, { most: max_actions_per_hour, reserved }, used.hour),
    day: leftFor(severity, { most: max_actions_per_day, reserved }, used.day),
  };
}

type Target = Record<string, string>;
type Known = { type: ActionType; target: Target };

/** Why this target may not be acted on, or null. `dry`: it would only be recorded. */
export function refuseTarget(
  type: ActionType,
  target: Target,
  incident: Incident,
  rails: Rails,
  context: DecideContext,
  dry = context.dry_run,
): string | null {
  const same = (action: Known) => action.type === type && sameTarget(action.target, target);
  const counts = (status: string) => (status === "dry_run" ? dry : true);
  const on = context.active.find((action) => same(action) && counts(action.status));
  if (on !== undefined)
    return on.incident_id === incident.id ? ALREADY_ON : `${ALREADY_ON}, for incident ${on.incident_id}`;
  for (const action of context.ended.filter(same)) {
    const ended_at = action.ended_at ?? 0;
    const since_s = (context.now - ended_at) / 1000;
    if (action.status === "undone" && since_s < rails.undo_cooldown_s) return whyUndone(action.outcome ?? null);
    if (action.status === "failed" && since_s < rails.failure_cooldown_s) return "it failed a short while ago";
    if (action.status === "expired" && action.applied_at !== null && incident.last_seen_at <= ended_at)
      return "no new evidence since the last one ended";
  }
  const declined = context.declined.find(same);
  if (declined !== undefined) return `${declined.why} a short while ago`;
  return refuseSoon(type, target, rails, context);
}

/** What the agent itself undid it marked with why. */
function whyUndone(outcome: DecideContext["ended"][number]["outcome"] | null): string {
  if (outcome === "harmful") return "it hit legitimate requests a short while ago";
  return outcome === "useless" ? "it did not help a short while ago" : "an operator undid it a short while ago";
}

/** By the policy's own cooldowns. */
function refuseSoon(type: ActionType, target: Target, { cooldowns }: Rails, context: DecideContext): string | null {
  const carriedOut = [...context.active, ...context.ended].filter(
    (action) => action.type === type && action.applied_at,
  );
  for (const { action: types, per, seconds } of cooldowns) {
    if (!types.includes(type)) continue;
    const since = context.now - seconds * 1000;
    const recent = carriedOut.some(
      (action) => (action.applied_at ?? 0) > since && (per === "gateway" || sameTarget(action.target, target)),
    );
    if (recent) return `${type} was done less than ${seconds} s ago${per === "gateway" ? " on this gateway" : ""}`;
  }
  return null;
}

const GROWTH = {
  none: () => 1,
  linear: (before: number) => before + 1,
  double: (before: number) => 2 ** Math.min(before, 20),
};

/** Longer for whoever comes back: base, then twice, three times … */
export function escalatedTtl(
  ttl_s: number,
  type: ActionType,
  target: Target,
  rails: Rails,
  context: DecideContext,
): number {
  const before = context.ended.filter(
    (action) =>
      action.status === "expired" &&
      action.applied_at !== null &&
      action.type === type &&
      sameTarget(action.target, target),
  ).length;
  return Math.min(rails.max_ttl_s, ttl_s * GROWTH[rails.escalation](before));
}
