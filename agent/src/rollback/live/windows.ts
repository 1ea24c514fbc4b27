import type { ResponseParts } from "../../response-parts.ts";
import type { Rollback } from "../../store/rollbacks.ts";
import { ANSWER_SLOT_MS, type AnswerSlot, trafficAnswers } from "../../store/traffic-answers.ts";
import { countedOf, errorsOf } from "../symptom/monitor.ts";
import type { Slot } from "../symptom/watch-errors.ts";

/** Errors in a stretch of time, epoch milliseconds. */
export interface Window {
  from: number;
  to: number;
  requests: number;
  errors: number;
}

type Measured = Pick<Rollback, "routes" | "error_kinds">;

/** Of all its routes together, whole slots only; only errors of the kinds that raised the alarm. */
export async function slotsOf(
  { db, gateway }: ResponseParts,
  { routes, error_kinds }: Measured,
  from: number,
  to: number,
): Promise<Slot[]> {
  const slots = new Map<number, Slot>();
  for (const slot of await trafficAnswers(db, gateway, null, from, to - ANSWER_SLOT_MS)) {
    if (!routes.includes(slot.route_id)) continue;
    const sum = slots.get(slot.slot_start) ?? { at: slot.slot_start, requests: 0, errors: 0 };
    sum.requests += countedOf(slot.answers);
    sum.errors += errorCount(slot, error_kinds);
    slots.set(slot.slot_start, sum);
  }
  return [...slots.values()].sort((a, b) => a.at - b.at);
}

const errorCount = ({ answers }: AnswerSlot, kinds: Measured["error_kinds"]): number =>
  kinds.reduce((sum, kind) => sum + errorsOf(answers, kind), 0);

export function windowOf(slots: readonly Slot[], from: number, to: number): Window {
  const sum = (name: "requests" | "errors") => slots.reduce((total, slot) => total + slot[name], 0);
  return { from, to, requests: sum("requests"), errors: sum("errors") };
}
