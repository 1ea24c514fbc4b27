import { ActionRefused } from "../actions/action-kind.ts";
import { type EffectSource, foresee } from "../actions/foresee.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import type { Change, Configuration, GatewayKind } from "../drivers/gateway.ts";
import type { Plan } from "../policy/plan.ts";
import { type PlannedEffects, type Preview, previewPlan } from "../preview/preview.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import type { Totals } from "../preview/totals.ts";
import type { Incident } from "../store/incidents.ts";
import type { ForeseenWrite } from "../store/schema.ts";
import { changesOf, effectsOf } from "./effects.ts";
import { situationOf, vehiclesOf } from "./situation.ts";
import { judgeVehicle, preferVehicle, VEHICLE_FACTS, VEHICLES } from "./vehicles.ts";

export interface ReviewLimits {
  /** Of the legitimate requests, so many may be hit by a plan that nobody agreed to. */
  max_legit_share: number;
  over_legit_share: "approval" | "refuse";
  /** Beyond it no agreement helps. */
  refuse_legit_share: number;
}

export interface ReviewInput {
  plan: Plan;
  incident: Incident;
  configuration: Configuration;
  mode: GatewayKind;
  /** Those that the plan can concern. */
  records: readonly RecordedRequest[];
  /** Of all. */
  totals: Totals;
  gateway: string;
  now: number;
  limits: ReviewLimits;
}

export interface PlanReview {
  refuse: string | null;
  needs_approval: string | null;
  preview: Preview | null;
  /** Of each of its actions: what it would write to the gateway as it is. */
  writes?: ForeseenWrite[][];
}

/** May the plan be carried out as it is? What cannot work is refused; what hits too many, or removes protection, needs somebody's word. */
export function reviewPlan(input: ReviewInput): PlanReview {
  try {
    const refuse = whyUseless(input);
    if (refuse !== null) return { refuse, needs_approval: null, preview: null };
    const effects = effectsOf(input.plan.actions, sourceOf(input));
    const preview = previewPlan(input.records, input.configuration, effects, input.totals);
    preview.notes.push(...whatWouldEndItself(input), ...whatCountsAnew(effects));
    return { ...judgeHarm(preview, input), preview, writes: writesOf(input) };
  } catch (error) {
    if (error instanceof ActionRefused) return { refuse: error.message, needs_approval: null, preview: null };
    throw error;
  }
}

const sourceOf = ({ gateway, incident, configuration, now }: ReviewInput): EffectSource => ({
  gateway,
  incident_id: incident.id,
  configuration,
  now,
});

const writesOf = (input: ReviewInput): ForeseenWrite[][] =>
  input.plan.actions.map((action) => foresee(ACTION_KINDS[action.type], action, sourceOf(input)));

/** The first of its actions that cannot work where it is meant to, and why. */
function whyUseless(input: ReviewInput): string | null {
  const { plan, incident, configuration, mode, records } = input;
  for (const action of plan.actions) {
    const situation = situationOf(action, incident, configuration, mode, records);
    for (const vehicle of vehiclesOf(action, changesOf(action, sourceOf(input)))) {
      const cell = judgeVehicle(vehicle, situation);
      if (!cell.works) return `${action.type} by ${vehicle} cannot work: ${cell.reason}`;
    }
  }
  return null;
}

/** Where something of the plan has to be removed by somebody, and what would not. */
function whatWouldEndItself(input: ReviewInput): string[] {
  const { plan, incident, configuration, mode, records } = input;
  const notes = plan.actions.flatMap((action) => {
    const preferred = preferVehicle(VEHICLES, situationOf(action, incident, configuration, mode, records));
    const stays = vehiclesOf(action, changesOf(action, sourceOf(input))).find((one) => !VEHICLE_FACTS[one].self_ending);
    if (stays === undefined || preferred === null || !VEHICLE_FACTS[preferred].self_ending) return [];
    return [`${stays} stays until it is removed; a ${preferred} works here too, and ends by itself`];
  });
  return [...new Set(notes)];
}

function whatCountsAnew({ overlays = [], changes }: PlannedEffects): string[] {
  const copies = new Set(overlays.map(({ copy }) => copy.route_id));
  const isLimit = (change: Change) =>
    change.op === "create" &&
    change.entity.name === "rate-limiting" &&
    copies.has((change.entity.route as { id?: string } | null)?.id ?? "");
  return changes.some(isLimit)
    ? ["rate-limiting on the copy counts anew: of the original's limits it has at most half"]
    : [];
}

const WIDE: readonly string[] = ["service", "global", "security_removing"];
const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function judgeHarm(preview: Preview, { plan, limits }: ReviewInput): Pick<PlanReview, "refuse" | "needs_approval"> {
  const reasons: string[] = [];
  const [loss] = preview.security_removed;
  if (loss !== undefined) reasons.push(`it takes protection away: ${loss.plugin} ${loss.change}, ${loss.detail}`);
  const isWide = plan.actions.some(({ type }) => WIDE.includes(ACTION_KINDS[type].risk));
  if (preview.confidence === "good") {
    const { share, worst_route } = preview.legitimate;
    const worst = Math.max(share, worst_route?.share ?? 0);
    const hit = `it would have hit ${percent(share)} of the legitimate requests, ${percent(worst)} of one route's`;
    if (share > limits.refuse_legit_share) return { refuse: hit, needs_approval: null };
    if (worst > limits.max_legit_share) {
      if (limits.over_legit_share === "refuse") return { refuse: hit, needs_approval: null };
      reasons.push(hit);
    }
  } else if (isWide) reasons.push(`it is wide and there is ${preview.notes[0]}`);
  return { refuse: null, needs_approval: reasons.length === 0 ? null : reasons.join("; ") };
}
