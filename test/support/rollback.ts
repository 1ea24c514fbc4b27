import { randomUUID } from "node:crypto";
import type { EntityDiff } from "../../agent/src/rollback/history/diff.ts";
import type { Rollback } from "../../agent/src/store/rollbacks.ts";

/** A rollback that blames one change, with every request of one route refused, unless told otherwise. */
export function rollbackRow(given: Partial<Rollback>, culprits: EntityDiff[] = []): Rollback {
  const now = Date.now();
  const change = given.change_id ?? randomUUID();
  return {
    id: randomUUID(),
    gateway: "test",
    incident_id: randomUUID(),
    change_id: change,
    status: "verifying",
    routes: ["r-search"],
    alarm: { kind: "outage", at: now, onset: now - 20_000, requests: 100, errors: 100, baseline: 0.01 },
    error_kinds: ["failed"],
    verdict: { kind: "rollback", suspects: [{ change, score: 1, culprits, reasons: ["it explains it"] }], reasons: [] },
    data_planes: [],
    changes: [],
    reason: "it explains it",
    proposal: null,
    proof: null,
    created_at: now,
    applied_at: null,
    updated_at: now,
    ...given,
  };
}
