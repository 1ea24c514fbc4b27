import { randomUUID } from "node:crypto";
import type { Action } from "../../agent/src/store/actions.ts";
import type { Decision } from "../../agent/src/store/decisions.ts";
import type { Incident } from "../../agent/src/store/incidents.ts";

/** Whole rows for the store, of which a test names what it is about. */
export function incidentRow(given: Partial<Incident> = {}): Incident {
  const now = Date.now();
  const id = randomUUID();
  return {
    id,
    gateway: "default",
    fingerprint: id,
    category: "payload_injection",
    class: "sqli",
    subject_kind: "ip",
    subject_value: "203.0.113.7",
    scope: { route_id: "route-1" },
    status: "open",
    severity: "medium",
    confidence: 0.5,
    mode: "enforce",
    score: 80,
    counts: { requests: 1, passed: 0, stopped: 1, failures: 0, distinct_users: 0, distinct_ips: 1, good: 0 },
    sources: [],
    samples: [],
    nodes: ["node-1"],
    reasons: [],
    classification: null,
    first_seen_at: now,
    last_seen_at: now,
    configured_at: null,
    opened_at: now,
    updated_at: now,
    resolved_at: null,
    asked_at: 0,
    asked_requests: 0,
    asked_score: 0,
    ...given,
  };
}

export function actionRow(incidentId: string, given: Partial<Action> = {}): Action {
  const now = Date.now();
  return {
    id: randomUUID(),
    idempotency_key: randomUUID(),
    incident_id: incidentId,
    gateway: "default",
    type: "block_source",
    vehicle: "decision",
    target: { ip: "203.0.113.7" },
    params: {},
    status: "applied",
    reason: "evidence",
    created_at: now,
    applied_at: now,
    expires_at: now + 600_000,
    ended_at: null,
    entity_id: null,
    before_image: null,
    changes: null,
    stage: null,
    stage_at: null,
    probed_at: null,
    repaired_at: null,
    part: null,
    on_failure: null,
    outcome: null,
    plan_hash: null,
    effect: null,
    error: null,
    ...given,
  };
}

export function decisionRow(given: Partial<Decision> = {}): Decision {
  const now = Date.now();
  return {
    id: randomUUID(),
    gateway: "default",
    action: "block",
    kind: "ip",
    value: "203.0.113.7",
    params: {},
    action_id: null,
    incident_id: null,
    created_by: "policy",
    reason: "evidence",
    created_at: now,
    expires_at: now + 600_000,
    ended_at: null,
    ...given,
  };
}
