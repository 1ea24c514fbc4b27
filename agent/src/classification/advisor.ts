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

export interface Advisor {
  model: string;
  advise: (incident: Incident, classification: IncidentClassification, decision: Decision) => Promise<Advice>;
}
