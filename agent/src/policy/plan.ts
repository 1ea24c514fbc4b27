import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical-json.ts";
import type { Action } from "../store/actions.ts";
import type { Incident } from "../store/incidents.ts";
import type { ActionType, ForeseenWrite, OnFailure } from "../store/schema.ts";
import type { Used } from "./reserve.ts";

/** One effect, declared as data: nothing is done yet. */
export interface PlannedAction {
  type: ActionType;
  vehicle: Action["vehicle"];
  target: Action["target"];
  params: Action["params"];
  ttl_s: number;
  idempotency_key: string;
  reason: string;
  /** Only recorded, whatever the agent does otherwise. */
  dry_run?: boolean;
  /** What the review saw that it would write. */
  writes?: ForeseenWrite[];
}

export interface Plan {
  id: string;
  /** Hits more than single sources: worth a second opinion. */
  costly: boolean;
  actions: PlannedAction[];
  reason: string;
  /** Of a plan of several parts: what becomes of the others when one fails for good. */
  on_failure?: OnFailure;
  /** Why somebody has to agree first, and how many different persons; absent where nobody has to. */
  approval?: { reason: string; persons: number };
  /** What the review saw. */
  preview?: Record<string, unknown>;
}

/** What looking at a plan says: nothing against it (both null), not without somebody's agreement, or not at all. */
export interface Reviewed {
  refuse: string | null;
  needs_approval: string | null;
  preview: Record<string, unknown> | null;
  /** Of each action, what it would write to the gateway as it is. */
  writes?: ForeseenWrite[][];
  /** Why the gateway could not be looked at; then nothing that is written there can be judged. */
  unread?: string;
}

/** Replays, checks what works where, whatever looks at a plan between deciding and recording. Changes nothing. */
export type Review = (plan: Plan, incident: Incident) => Promise<Reviewed>;

export interface Refusal {
  plan: string;
  /** The address or route, or null for the plan as a whole. */
  target: string | null;
  reason: string;
}

export interface Decision {
  policy_hash: string;
  /** The rule that matched. */
  rule: string | null;
  /** Allowed plans, the preferred first; the last one is always `observe`. */
  plans: Plan[];
  refusals: Refusal[];
}

/** What the rails need to know beside the incident. */
export interface DecideContext {
  /** Epoch milliseconds. */
  now: number;
  dry_run: boolean;
  /** Why nothing may be begun at all, as the kill switch says, or null. */
  stopped: string | null;
  /** Actions of this gateway by the severity they were for. */
  used: { hour: Used; day: Used };
  /** On now, of this gateway. */
  active: Pick<
    Action,
    "id" | "incident_id" | "applied_at" | "idempotency_key" | "type" | "target" | "params" | "status" | "expires_at"
  >[];
  /** Ended within the last day, of this gateway. */
  ended: (Pick<Action, "type" | "target" | "status" | "applied_at" | "ended_at"> & Partial<Pick<Action, "outcome">>)[];
  /** What was asked for in vain lately: rejected by somebody, or by nobody's answer. */
  declined: { type: ActionType; target: Action["target"]; why: string }[];
  /** Plans of this incident that wait for somebody's agreement. */
  waiting: string[];
  /** Of the incident's route and service, in Kong; null: not known. */
  tags: readonly string[] | null;
  /** Why entities cannot be written through the Admin API, or null. */
  admin_api_refusal: string | null;
  /** Requests by address in the last minutes, where known. */
  behind: Record<string, { good: number; bad: number }>;
}

export const OBSERVE = "observe";
/** Said when everything that could be done is on. */
export const NOTHING_NEW = "what can be done is on already";
export const observePlan = (reason: string): Plan => ({ id: OBSERVE, costly: false, actions: [], reason });

/** The same plan never becomes two actions while one is on. */
export function idempotencyKey(incidentId: string, type: ActionType, target: Record<string, string>): string {
  const sorted = Object.entries(target).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash("sha256")
    .update(JSON.stringify([incidentId, type, sorted]))
    .digest("hex");
  return `${type}:${digest.slice(0, 40)}`;
}

/** In whatever order its members are. */
export const sameTarget = (one: Record<string, string>, other: Record<string, string>): boolean =>
  canonicalJson(one) === canonicalJson(other);
