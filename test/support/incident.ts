import { randomUUID } from "node:crypto";
import type { Incident } from "../../agent/src/store/incidents.ts";

/** An incident as correlation leaves it: one address that guesses passwords, unless told otherwise. */
export function someIncident(changes: Partial<Incident> = {}): Incident {
  const now = Date.now();
  const id = changes.id ?? randomUUID();
  return {
    id,
    gateway: "test",
    fingerprint: `fp-${id}`,
    category: "credential_stuffing",
    class: null,
    subject_kind: "ip",
    subject_value: "203.0.113.7",
    scope: { route_id: "r-login", route_name: "login" },
    status: "open",
    severity: "medium",
    confidence: 0.5,
    mode: "enforce",
    score: 80,
    sources: [{ ip: "203.0.113.7", count: 120 }],
    samples: [],
    nodes: ["node-1"],
    reasons: ["many users from one address"],
    classification: null,
    first_seen_at: now - 20_000,
    last_seen_at: now - 1_000,
    configured_at: null,
    opened_at: now - 20_000,
    updated_at: now,
    resolved_at: null,
    asked_at: now,
    asked_requests: 120,
    asked_score: 80,
    ...changes,
    counts: {
      requests: 120,
      passed: 100,
      stopped: 20,
      failures: 98,
      distinct_users: 60,
      distinct_ips: 1,
      good: 0,
      ...changes.counts,
    },
  };
}

/** Many addresses on one route. */
export function someFlood(changes: Partial<Incident> = {}): Incident {
  return someIncident({
    category: "api_ddos",
    subject_kind: "route",
    subject_value: "r-search",
    scope: { route_id: "r-search", route_name: "search" },
    score: 90,
    sources: Array.from({ length: 20 }, (_, i) => ({ ip: `198.51.100.${i + 1}`, count: 20 })),
    ...changes,
    counts: {
      requests: 6_000,
      passed: 6_000,
      stopped: 0,
      failures: 0,
      distinct_users: 0,
      distinct_ips: 300,
      good: 0,
      ...changes.counts,
    },
  });
}
