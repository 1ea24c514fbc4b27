import { ACTION_KINDS } from "../actions/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, updateAction } from "../store/actions.ts";
import { appendIncidentLog, getIncident } from "../store/incidents.ts";
import type { ActionType, Effect } from "../store/schema.ts";
import { ratesOf } from "../store/traffic.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Observation, observe } from "./observe.ts";
import { summarize } from "./summary.ts";

export interface Measurement extends Observation {
  judgement: Judgement;
  effect: Effect;
}

/** These are meant to let more through, and an operator agreed. */
const LOOSENING: readonly ActionType[] = ["allow_source", "loosen_plugin"];
const NO_JUDGEMENT: Judgement = { outcome: "unknown", harm: null, attack: null };

/** What the action did since its present stage is in force, kept with it; the timeline gets it when it says something new. */
export async function measure(parts: ResponseParts, action: Action): Promise<Measurement | null> {
  const { db, now } = parts;
  const incident = await getIncident(db, action.incident_id);
  if (incident === null || action.applied_at === null) return null;
  const observation = await observe(db, action, incident, now());
  const judgement = LOOSENING.includes(action.type) ? NO_JUDGEMENT : judge(observation.observed);
  const ended = (action.expires_at ?? 0) <= now();
  const problem = ended ? null : await ACTION_KINDS[action.type].verify(action, parts);
  const before = ratesOf(observation.before);
  const after = ratesOf(observation.after);
  const { hits } = observation.observed;
  const summary = summarize({ before, after, hits, problem, judgement, stage: action.stage });
  const useless = judgement.outcome === "useless" ? (action.effect?.useless ?? 0) + 1 : 0;
  const windows = (action.effect?.windows ?? 0) + 1;
  const effect: Effect = { before, after, measured_at: now(), summary, windows, useless };
  const outcome = action.stage === "log_only" ? null : judgement.outcome;
  await updateAction(db, action.id, { effect, outcome }, ["applied"]);
  if (action.effect === null || outcome !== action.outcome || ended)
    await appendIncidentLog(db, {
      incident_id: incident.id,
      at: now(),
      kind: "effect",
      text: summary,
      data: { action: action.id, outcome },
    });
  return { ...observation, judgement, effect };
}
