import type { Approval } from "../approvals/read.ts";
import type { Action } from "../store/actions.ts";
import type { Decision } from "../store/decisions.ts";
import type { Incident, IncidentLogEntry } from "../store/incidents.ts";

/** What the API shows of what the store holds: times as ISO 8601, nothing internal. */
export function viewIncident(incident: Incident) {
  const { fingerprint: _, asked_at, asked_requests, asked_score, ...shown } = incident;
  return {
    ...shown,
    samples: incident.samples.map((sample) => ({ ...sample, at: iso(sample.at * 1000) })),
    first_seen_at: iso(incident.first_seen_at),
    last_seen_at: iso(incident.last_seen_at),
    configured_at: iso(incident.configured_at),
    opened_at: iso(incident.opened_at),
    updated_at: iso(incident.updated_at),
    resolved_at: iso(incident.resolved_at),
  };
}

export function viewLogEntry(entry: IncidentLogEntry) {
  return { at: iso(entry.at), kind: entry.kind, text: entry.text, data: entry.data };
}

export function viewAction(action: Action) {
  const { idempotency_key: _, before_image, ...shown } = action;
  return {
    ...shown,
    created_at: iso(action.created_at),
    applied_at: iso(action.applied_at),
    expires_at: iso(action.expires_at),
    ended_at: iso(action.ended_at),
    effect: action.effect && { ...action.effect, measured_at: iso(action.effect.measured_at) },
  };
}

export function viewApproval(approval: Approval) {
  return {
    ...approval,
    approved_by: approval.approved_by.map(({ actor, at }) => ({ actor, at: iso(at) })),
    requested_at: iso(approval.requested_at),
    expires_at: iso(approval.expires_at),
    decided_at: iso(approval.decided_at),
  };
}

export function viewDecision(decision: Decision) {
  return {
    ...decision,
    created_at: iso(decision.created_at),
    expires_at: iso(decision.expires_at),
    ended_at: iso(decision.ended_at),
  };
}

function iso(ms: number): string;
function iso(ms: number | null): string | null;
function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
