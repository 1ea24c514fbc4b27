import type { Generated } from "kysely";
import type { Category, PayloadClass } from "../../../contract/categories.ts";
import type { DecisionAction, DecisionKind } from "../../../contract/decision-feed.ts";
import type {
  AnswerCount,
  EventRecord,
  NodeHealth,
  RequestDescriptor,
  Sample,
  Scope,
  SourceCount,
  SubjectKind,
} from "../../../contract/ingest.ts";
import type { CalibrationLimits, LearnedBaseline } from "../../../contract/learning.ts";
import type { AppliedChange } from "../drivers/gateway.ts";
import type { RollbackTables } from "./rollback-tables.ts";

/**
 * The tables, the same on PGlite and PostgreSQL. Times are epoch milliseconds in `bigint` columns and arrive as numbers; JSON
 * columns arrive parsed. Ids are text, made by the application.
 */
export interface Database extends RollbackTables {
  ingest_batches: { id: string; node: string; received_at: number };
  events: {
    id: string;
    gateway: string;
    node: string;
    key_id: string;
    type: EventRecord["type"];
    record: EventRecord;
    received_at: number;
    /** Set once correlation has taken it in. */
    processed_at: number | null;
  };
  nodes: { node: string; gateway: string; key_id: string; last_seen_at: number; health: NodeHealth };
  incidents: IncidentTable;
  incident_log: {
    id: Generated<number>;
    incident_id: string;
    at: number;
    kind: string;
    text: string;
    data: Record<string, unknown> | null;
  };
  actions: ActionTable;
  approvals: ApprovalTable;
  /** Append-only; each row's hash is of the row and of the hash before it. */
  audit: AuditTable;
  audit_head: { sequence: number; hash: string };
  kill_switches: { gateway: string; mode: KillSwitchMode; reason: string; set_by: string; set_at: number };
  decisions: DecisionTable;
  /** One row per gateway: what the feed's `(epoch, sequence)` is. */
  feeds: { gateway: string; epoch: number; sequence: number };
  /** Merged over nodes; `window_start` is a multiple of `window_ms`. */
  traffic: {
    gateway: string;
    route_id: string;
    window_start: number;
    window_ms: number;
    requests: number;
    suspicious: number;
    suspicious_denied: Generated<number>;
    stopped: number;
    clean: number;
    clean_ok: number;
    clean_denied: number;
    errors_service: number;
    errors_gateway: number;
  };
  /** Answers by source and status, merged over nodes and workers; `slot_start` is a multiple of `ANSWER_SLOT_MS`. */
  traffic_answers: {
    gateway: string;
    route_id: string;
    slot_start: number;
    answers: AnswerCount[];
    upstream_ms: number[];
    total_ms: number[];
  };
  /** A ring: a slot is written again when its turn comes. */
  request_ring: { gateway: string; slot: number; at: number; weight: number; request: RequestDescriptor | null };
  request_ring_heads: { gateway: string; next: number };
  /** When a node applied a configuration. */
  node_configures: { gateway: string; node: string; at: number };
  learned_votes: {
    gateway: string;
    kind: LearnedKind;
    route_id: string;
    field: string;
    signature: string;
    /** Keyed hashes. */
    voter: string;
    network: string;
    consumer: boolean;
    score: number;
    /** Since the epoch. */
    day: number;
    at: number;
  };
  learned_scores: {
    gateway: string;
    route_id: string;
    /** Requests by score, in steps of 5. */
    buckets: number[];
    requests: number;
    limits: CalibrationLimits;
    updated_at: number;
  };
  learned_items: LearnedItemTable;
  learned_feeds: { gateway: string; epoch: number; sequence: number };
  /** What a node says that a route or service usually gets; imported ones are of node "". */
  learned_baselines: { gateway: string; node: string; name: string; baseline: LearnedBaseline; reported_at: number };
  learned_logins: { gateway: string; path: string; reported_at: number };
  /** Who may write to a gateway's configuration, until when. */
  writer_leases: { gateway: string; holder: string; token: number; expires_at: number };
  /** Questions to the model, by what they were about: what all agents of a gateway spend of one budget. */
  model_calls: { gateway: string; at: number; severity: Severity };
  decision_hits: { decision_id: string; window_start: number; window_ms: number; hits: number };
  jobs: {
    id: Generated<number>;
    kind: string;
    /** At most one waiting job of a kind and key. */
    key: string;
    payload: Record<string, unknown>;
    run_at: number;
    attempts: number;
    locked_until: number | null;
    locked_by: string | null;
    last_error: string | null;
    done_at: number | null;
  };
  outbox: {
    id: Generated<number>;
    channel: string;
    dedupe_key: string;
    payload: Record<string, unknown>;
    attempts: number;
    next_at: number;
    sent_at: number | null;
    failed_at: number | null;
    last_error: string | null;
  };
}

export type LearnedKind = "signature" | "threshold";
/** candidate: too little is known. learned: approved by rules. approved, revoked: an operator's word. */
export const LEARNED_STATUSES = ["candidate", "learned", "approved", "revoked"] as const;
export type LearnedStatus = (typeof LEARNED_STATUSES)[number];

/** A question about one route's payloads, and what the votes say so far. */
export interface LearnedItemTable {
  id: string;
  gateway: string;
  kind: LearnedKind;
  route_id: string;
  field: string;
  signature: string;
  class: string | null;
  /** The threshold, or the highest score the signature covers. */
  score: number;
  /** Distinct clients that count. */
  clients: number;
  status: LearnedStatus;
  /** The operator; "" where nobody decided. */
  decided_by: string;
  reason: string;
  created_at: number;
  updated_at: number;
  used_at: number;
}

/** open: seen. mitigating: an action is on. quiet: no evidence for a while. resolved: over, actions ended. */
export const INCIDENT_STATUSES = ["open", "mitigating", "quiet", "resolved"] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];
export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface IncidentCounts {
  requests: number;
  passed: number;
  stopped: number;
  failures: number;
  distinct_users: number;
  distinct_ips: number;
  good: number;
}

export interface IncidentClassification {
  by: "rules" | "claude";
  category: Category;
  class: PayloadClass | null;
  severity: Severity;
  /** 0 to 1. */
  confidence: number;
  reasons: string[];
  /** Why Claude was not asked or its answer not used; absent when it was. */
  model_note?: string;
}

export interface IncidentTable {
  id: string;
  gateway: string;
  /** Gateway, category and subject, plus the route where the subject is one; unique among incidents that are not resolved. */
  fingerprint: string;
  category: Category;
  class: PayloadClass | null;
  subject_kind: SubjectKind;
  subject_value: string;
  scope: Scope;
  status: IncidentStatus;
  severity: Severity;
  confidence: number;
  /** The strongest mode that reported it; the agent does not act on what was only monitored. */
  mode: "monitor" | "enforce";
  /** Highest request score, 0 to 100. */
  score: number;
  counts: IncidentCounts;
  sources: SourceCount[];
  samples: Sample[];
  nodes: string[];
  reasons: string[];
  classification: IncidentClassification | null;
  first_seen_at: number;
  last_seen_at: number;
  /** When the gateway was last configured as its evidence says, where that may be the cause. */
  configured_at: number | null;
  opened_at: number;
  updated_at: number;
  resolved_at: number | null;
  /** When a response was last asked for, and how many requests and of what score it was about then. */
  asked_at: number;
  asked_requests: number;
  asked_score: number;
}

/** awaiting_approval: an operator has to agree first. dry_run: would have been applied. planned: about to be. */
export const ACTION_STATUSES = [
  "awaiting_approval",
  "planned",
  "dry_run",
  "applied",
  "expired",
  "undone",
  "failed",
  "refused",
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];
export const ACTION_TYPES = [
  "block_source",
  "block_identity",
  "allow_source",
  "throttle_clients",
  "throttle_route",
  "throttle_service",
  "throttle_consumer",
  "throttle_gateway",
  "hot_patch",
  "hot_patch_gateway",
  "restrict_route",
  "limit_body",
  "terminate_route",
  "block_consumer",
  "require_key",
  "reroute_service",
  "drain_target",
  "disable_service",
  "overlay_route",
  "tighten_plugin",
  "loosen_plugin",
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

/** log_only: counted, nothing is stopped. share: a share of the sources. full: all. */
export const ACTION_STAGES = ["log_only", "share", "full"] as const;
export type ActionStage = (typeof ACTION_STAGES)[number];
export const ACTION_OUTCOMES = ["helped", "in_part", "useless", "harmful", "unknown"] as const;
export type ActionOutcome = (typeof ACTION_OUTCOMES)[number];

/** Requests a second in a window of so many milliseconds. */
export interface Rates {
  window_ms: number;
  /** Evidence of the attack that reached the next plugin. */
  attack_passed: number;
  attack_stopped: number;
  legitimate_ok: number;
  legitimate_denied: number;
}

export interface Effect {
  before: Rates;
  after: Rates | null;
  measured_at: number | null;
  /** In plain words, once measured. */
  summary: string | null;
  /** How often it was measured in its stage, and how often of late it was found useless. */
  windows?: number;
  useless?: number;
}

export interface ActionTable {
  id: string;
  /** Derived from incident, type and target: the same plan never becomes two actions while one is on. */
  idempotency_key: string;
  incident_id: string;
  gateway: string;
  type: ActionType;
  /** What carries it out: the decision feed or Kong's Admin API. */
  vehicle: "decision" | "admin-api";
  target: Record<string, string>;
  params: Record<string, unknown>;
  status: ActionStatus;
  reason: string;
  created_at: number;
  applied_at: number | null;
  expires_at: number | null;
  ended_at: number | null;
  /** Of the Kong entity, when it is one. */
  entity_id: string | null;
  before_image: Record<string, unknown> | null;
  /** What was written through the Admin API, in order, with before- and after-images free of secrets; null for decisions. */
  changes: AppliedChange[] | null;
  /** How much of it is in force; null before it is applied. */
  stage: ActionStage | null;
  /** Since when. */
  stage_at: Generated<number | null>;
  /** Since when a little is let through again, to find out whether it is still needed; null while it is not. */
  probed_at: Generated<number | null>;
  /** When it was put back, after it had vanished from the gateway; once only. */
  repaired_at: Generated<number | null>;
  /** What measuring it said; null before. */
  outcome: ActionOutcome | null;
  /** Of the exact plan it belongs to: what an approval is bound to. */
  plan_hash: string | null;
  effect: Effect | null;
  error: string | null;
  /** Its place among the actions of its plan. */
  part: Generated<number | null>;
  /** What becomes of a plan of several parts when this one fails for good; null where it is the only part. */
  on_failure: Generated<OnFailure | null>;
}

/** undo: the others are taken back, too. keep: they stay. */
export const ON_FAILURES = ["undo", "keep"] as const;
export type OnFailure = (typeof ON_FAILURES)[number];

/** stop: nothing new is done. freeze: nothing is written at all, not even to end what is on. */
export const KILL_SWITCH_MODES = ["stop", "freeze"] as const;
export type KillSwitchMode = (typeof KILL_SWITCH_MODES)[number];

export interface AuditTable {
  /** From 1, without gaps. */
  sequence: number;
  at: number;
  gateway: string;
  /** A token's name, "agent", or "policy file". */
  actor: string;
  kind: string;
  data: Record<string, unknown>;
  previous: string;
  hash: string;
}

/** void: the plan, the policy or the incident changed before anybody agreed. */
export const APPROVAL_STATUSES = ["waiting", "approved", "rejected", "expired", "void"] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** What exactly is agreed to. */
export interface ApprovedPlan {
  id: string;
  incident_id: string;
  gateway: string;
  policy_hash: string;
  actions: {
    type: ActionType;
    vehicle: ActionTable["vehicle"];
    target: Record<string, string>;
    params: Record<string, unknown>;
    ttl_s: number;
    /** On the gateway as it was when it was asked for; absent where no review looked. */
    writes?: ForeseenWrite[];
  }[];
}

/** A write to the gateway that an action would make. */
export interface ForeseenWrite {
  op: "create" | "update" | "delete";
  type: string;
  id: string;
  name: string;
  /** Of the entity as it was seen, and of what is to be set. */
  hash: string;
}

export interface ApprovalTable {
  id: string;
  gateway: string;
  incident_id: string;
  /** Of `plan`, canonically written. The plan's actions carry it, too. */
  plan_hash: string;
  plan: ApprovedPlan;
  policy_hash: string;
  /** Why somebody has to agree. */
  reason: string;
  /** How many different persons have to. */
  persons: number;
  approved_by: { actor: string; at: number }[];
  status: ApprovalStatus;
  /** What replaying recent traffic said, where it was replayed. */
  preview: Record<string, unknown> | null;
  requested_at: number;
  expires_at: number;
  decided_at: number | null;
  decided_by: string | null;
  comment: string | null;
}

export interface DecisionTable {
  id: string;
  gateway: string;
  action: DecisionAction;
  kind: DecisionKind;
  value: string;
  params: Record<string, string | number>;
  /** Null for an operator's override. */
  action_id: string | null;
  incident_id: string | null;
  created_by: string;
  reason: string;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
}
