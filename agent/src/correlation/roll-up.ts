import type { DecisionHitsRecord, TrafficRecord } from "../../../contract/ingest.ts";
import type { Db } from "../store/db.ts";
import type { StoredEvent } from "../store/events.ts";
import { addDecisionHits, addTraffic, type Traffic } from "../store/traffic.ts";
import { ANSWER_SLOT_MS, type AnswerSlot, addAnswers, sumAnswers } from "../store/traffic-answers.ts";

const SUMS = [
  "requests",
  "suspicious",
  "suspicious_denied",
  "stopped",
  "clean",
  "clean_ok",
  "clean_denied",
  "errors_service",
  "errors_gateway",
] as const;

/** Adds the traffic of all nodes up, per route and window. */
export async function rollUpTraffic(transaction: Db, events: readonly StoredEvent[]): Promise<void> {
  const windows = new Map<string, Traffic>();
  for (const { gateway, record } of events) {
    const window = trafficOf(gateway, record as TrafficRecord);
    const key = JSON.stringify([gateway, window.route_id, window.window_start, window.window_ms]);
    const known = windows.get(key);
    if (known) for (const name of SUMS) known[name] += window[name];
    else windows.set(key, window);
  }
  for (const window of windows.values()) await addTraffic(transaction, window);
  await rollUpAnswers(transaction, events);
}

async function rollUpAnswers(transaction: Db, events: readonly StoredEvent[]): Promise<void> {
  const slots = new Map<string, AnswerSlot>();
  for (const { gateway, record } of events) {
    const slot = slotOf(gateway, record as TrafficRecord);
    const key = JSON.stringify([gateway, slot.route_id, slot.slot_start]);
    const known = slots.get(key);
    slots.set(key, known ? { ...slot, ...answersOf([known, slot]) } : slot);
  }
  await addAnswers(
    transaction,
    [...slots.values()].filter((slot) => slot.answers.length > 0),
  );
}

function slotOf(gateway: string, record: TrafficRecord): AnswerSlot {
  const { answers = [], upstream_ms = [], total_ms = [] } = record;
  const middle = (record.window_start + record.window_s / 2) * 1000;
  const slot_start = Math.floor(middle / ANSWER_SLOT_MS) * ANSWER_SLOT_MS;
  return { gateway, route_id: record.scope.route_id ?? "", slot_start, answers, upstream_ms, total_ms };
}

function answersOf(slots: readonly AnswerSlot[]) {
  const { requests: _, ...sums } = sumAnswers(slots);
  return sums;
}

/** Hits of decisions that this agent never made are not kept. */
export async function rollUpHits(transaction: Db, events: readonly StoredEvent[]): Promise<void> {
  const records = events.map((event) => event.record as DecisionHitsRecord);
  const ids = [...new Set(records.flatMap((record) => record.hits.map((hit) => hit.decision)))];
  if (ids.length === 0) return;
  const rows = await transaction.selectFrom("decisions").select("id").where("id", "in", ids).execute();
  const known = new Set(rows.map((row) => row.id));
  for (const record of records) {
    const window = windowOf(record);
    for (const { decision, count } of record.hits) {
      if (known.has(decision)) await addDecisionHits(transaction, { ...window, decision_id: decision, hits: count });
    }
  }
}

function trafficOf(gateway: string, record: TrafficRecord): Traffic {
  const sums = Object.fromEntries(SUMS.map((name) => [name, record[name] ?? 0])) as Pick<
    Traffic,
    (typeof SUMS)[number]
  >;
  return { gateway, route_id: record.scope.route_id ?? "", ...windowOf(record), ...sums };
}

/** Windows of several nodes meet only when they begin alike. */
function windowOf(record: { window_start: number; window_s: number }): { window_start: number; window_ms: number } {
  const window_ms = Math.max(1, Math.round(record.window_s * 1000));
  return { window_start: Math.floor((record.window_start * 1000) / window_ms) * window_ms, window_ms };
}
