import { getChange, latestConfiguration } from "../../store/history.ts";
import { appendIncidentLog, updateIncident } from "../../store/incidents.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import { ANSWER_SLOT_MS, trafficAnswers } from "../../store/traffic-answers.ts";
import { watchConfiguration } from "../history/watch-configuration.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { countedOf, errorsOf } from "../symptom/monitor.ts";
import { hasRecovered, type Slot } from "../symptom/watch-errors.ts";
import { settle, undoRollback, VERIFY_EVERY_MS, VERIFY_ROLLBACK_JOB } from "./carry-out.ts";
import { type Proof, prove } from "./proof.ts";

/** Without recovery so long after it was carried out, it is taken back and a human is called. */
const DEADLINE_MS = 120_000;
/** What was under way when it came into force still fails. */
const SETTLING_MS = 5_000;

/** Measures until the errors are gone, or until it is clear that the change was not their cause. Silence proves nothing. */
export async function verifyRollback(parts: RollbackParts, id: string): Promise<void> {
  const { response } = parts;
  const rollback = await getRollback(response.db, id);
  if (rollback === null || rollback.status !== "verifying" || rollback.applied_at === null) return;
  const now = response.now();
  const slots = await slotsOf(parts, rollback, rollback.applied_at + SETTLING_MS, now);
  if (hasRecovered(slots, rollback.alarm.baseline)) return recovered(parts, rollback, slots);
  const requests = slots.reduce((sum, slot) => sum + slot.requests, 0);
  if (now > rollback.applied_at + DEADLINE_MS && requests > 0)
    return undoRollback(
      parts,
      rollback,
      "errors went on without the change: it was not their cause, and is in force again",
    );
  await enqueueJob(response.db, { kind: VERIFY_ROLLBACK_JOB, key: id, run_at: now + VERIFY_EVERY_MS });
}

/** Of all its routes together, whole slots only; only errors of the kind that raised the alarm. */
async function slotsOf(
  { response }: RollbackParts,
  { routes, error_kinds }: Rollback,
  from: number,
  to: number,
): Promise<Slot[]> {
  const slots = new Map<number, Slot>();
  for (const slot of await trafficAnswers(response.db, response.gateway, null, from, to - ANSWER_SLOT_MS)) {
    if (!routes.includes(slot.route_id)) continue;
    const sum = slots.get(slot.slot_start) ?? { at: slot.slot_start, requests: 0, errors: 0 };
    sum.requests += countedOf(slot.answers);
    for (const kind of error_kinds) sum.errors += errorsOf(slot.answers, kind);
    slots.set(slot.slot_start, sum);
  }
  return [...slots.values()].sort((a, b) => a.at - b.at);
}

async function recovered(parts: RollbackParts, rollback: Rollback, after: readonly Slot[]): Promise<void> {
  const { response, signer } = parts;
  const { driver, db } = response;
  await watchConfiguration(response);
  const applied_at = rollback.applied_at ?? 0;
  const before = await slotsOf(parts, rollback, rollback.alarm.onset, applied_at);
  const propagation = await driver?.awaitPropagation({ deadline_ms: 1_000 });
  const change = rollback.change_id === null ? null : await getChange(db, rollback.change_id);
  const proof: Proof = prove(signer, {
    rollback: rollback.id,
    gateway: response.gateway,
    routes: rollback.routes,
    before: windowOf(before, rollback.alarm.onset, applied_at),
    after: windowOf(after, applied_at + SETTLING_MS, response.now()),
    configuration_before: change?.after_hash ?? "",
    configuration_after: (await latestConfiguration(db, response.gateway))?.hash ?? "",
    propagation: propagation?.detail ?? "",
    at: response.now(),
  });
  await updateRollback(db, rollback.id, { proof }, response.now());
  const { before: was, after: is } = proof.statement;
  const text = `errors fell from ${percent(was)} of ${was.requests} requests to ${percent(is)} of ${is.requests}`;
  await updateIncident(db, rollback.incident_id, { status: "quiet" });
  await appendIncidentLog(db, {
    incident_id: rollback.incident_id,
    at: response.now(),
    kind: "effect",
    text,
    data: { proof },
  });
  await settle(parts, rollback, "recovered", text);
}

function windowOf(slots: readonly Slot[], from: number, to: number) {
  const sum = (name: "requests" | "errors") => slots.reduce((total, slot) => total + slot[name], 0);
  return { from, to, requests: sum("requests"), errors: sum("errors") };
}

const percent = ({ errors, requests }: { errors: number; requests: number }) =>
  `${Math.round((100 * errors) / Math.max(1, requests))} %`;
