import type { Decision } from "../policy/index.ts";
import type { Incident } from "../store/incidents.ts";
import type { IncidentClassification } from "../store/schema.ts";

/** A second opinion. It may pick one of the decision's plans, and nothing else. */
export interface Advice {
  /** Of `decision.plans`; null: the rules stand. */
  plan_id: string | null;
  /** In our words: what it chose, or why it was not asked or not followed. */
  note: string;
  /** It was led by the attacker's text: evidence in itself. */
  suspicious: boolean;
}

/** By then there is advice, or why there is none. */
export const ADVICE_LATEST_MS = 26_000;

export interface Advisor {
  model: string;
  /** Null: it is worth waiting for, and the incident is to be looked at again once it is there. Never takes long itself. */
  advise: (incident: Incident, classification: IncidentClassification, decision: Decision) => Promise<Advice | null>;
}
