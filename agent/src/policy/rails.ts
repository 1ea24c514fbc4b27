import ipaddr from "ipaddr.js";
import type { Incident } from "../store/incidents.ts";
import type { ActionType } from "../store/schema.ts";
import { type DecideContext, targetName } from "./plan.ts";
import type { PolicyDocument } from "./schema.ts";

export const ALREADY_ON = "already on";
type Rails = PolicyDocument["rails"];

/** Why nothing may be done about this incident at all, or null. */
export function refuseIncident(incident: Incident, rails: Rails, context: DecideContext): string | null {
  if (incident.status === "resolved") return "the incident is over";
  if (incident.mode === "monitor" && !rails.act_on_monitor) return "the plugin only monitors here";
  const age_s = Math.round((context.now - incident.last_seen_at) / 1000);
  if (age_s > rails.max_evidence_age_s) return `the newest evidence is ${age_s} s old`;
  if (context.actions_last_hour >= rails.max_actions_per_hour)
    return `${context.actions_last_hour} actions in the last hour, the most allowed`;
  return null;
}

/** Why this target may not be acted on, or null. */
export function refuseTarget(
  type: ActionType,
  target: Record<string, string>,
  incident: Incident,
  rails: Rails,
  context: DecideContext,
): string | null {
  const same = (action: { type: ActionType; target: Record<string, string> }) =>
    action.type === type && targetName(action.target) === targetName(target);
  const counts = (status: string) => (status === "dry_run" ? context.dry_run : true);
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
  return null;
}

/** What the agent itself undid it marked with why. */
function whyUndone(outcome: DecideContext["ended"][number]["outcome"] | null): string {
  if (outcome === "harmful") return "it hit legitimate requests a short while ago";
  return outcome === "useless" ? "it did not help a short while ago" : "an operator undid it a short while ago";
}

/** Longer for whoever comes back: base, then twice, three times … */
export function escalatedTtl(
  ttl_s: number,
  type: ActionType,
  target: Record<string, string>,
  rails: Rails,
  context: DecideContext,
): number {
  const before = context.ended.filter(
    (action) =>
      action.status === "expired" &&
      action.applied_at !== null &&
      action.type === type &&
      targetName(action.target) === targetName(target),
  ).length;
  return Math.min(rails.max_ttl_s, ttl_s * (before + 1));
}

/** Why this address is out of bounds, or null. */
export function refuseAddress(text: string, rails: Rails): string | null {
  if (!ipaddr.isValid(text)) return "it is not an address";
  const address = ipaddr.process(text);
  if (address.range() === "loopback" || address.range() === "unspecified") return "it is this machine itself";
  const range = rails.never_touch.cidrs.find((cidr) => contains(cidr, address));
  return range === undefined ? null : `it is in ${range}, which the policy never touches`;
}

function contains(cidr: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [network, bits] = cidr.includes("/") ? ipaddr.parseCIDR(cidr) : singleAddress(cidr);
  return network.kind() === address.kind() && address.match(network, bits);
}

function singleAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
