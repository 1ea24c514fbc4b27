import type { Selectable } from "kysely";
import { type AnswerCount, LATENCY_BUCKETS, MAX_ANSWERS } from "../../../contract/ingest.ts";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

/** All nodes' and workers' windows go into slots of this length, by their middle. */
export const ANSWER_SLOT_MS = 5_000;

/** Answers of one route ("" where none matched) in one slot. */
export type AnswerSlot = Selectable<Database["traffic_answers"]>;

/** What the slots have together: answers most frequent first, and the histograms of `contract/ingest.ts`. */
export interface AnswerSums {
  requests: number;
  answers: AnswerCount[];
  upstream_ms: number[];
  total_ms: number[];
}

/** Slots that begin in `[from, to)`, epoch milliseconds, oldest first: of one route, or (null) of all routes of the gateway. */
export function trafficAnswers(
  db: Db,
  gateway: string,
  routeId: string | null,
  from: number,
  to: number,
): Promise<AnswerSlot[]> {
  let query = db
    .selectFrom("traffic_answers")
    .selectAll()
    .where("gateway", "=", gateway)
    .where("slot_start", ">=", from)
    .where("slot_start", "<", to);
  if (routeId !== null) query = query.where("route_id", "=", routeId);
  return query.orderBy("slot_start").orderBy("route_id").execute();
}

/** Adds to what is there. The caller holds a lock: what was read must not change before it is written. */
export async function addAnswers(transaction: Db, slots: readonly AnswerSlot[]): Promise<void> {
  for (const slot of slots) {
    const known = await transaction
      .selectFrom("traffic_answers")
      .selectAll()
      .where("gateway", "=", slot.gateway)
      .where("route_id", "=", slot.route_id)
      .where("slot_start", "=", slot.slot_start)
      .executeTakeFirst();
    const { answers, upstream_ms, total_ms } = sumAnswers(known ? [known, slot] : [slot]);
    const sums = { answers: json(answers), upstream_ms: json(upstream_ms), total_ms: json(total_ms) };
    await transaction
      .insertInto("traffic_answers")
      .values({ ...slot, ...sums })
      .onConflict((conflict) => conflict.columns(["gateway", "slot_start", "route_id"]).doUpdateSet(sums))
      .execute();
  }
}

export function sumAnswers(slots: readonly Omit<AnswerSlot, "gateway" | "route_id" | "slot_start">[]): AnswerSums {
  const counts = new Map<string, AnswerCount>();
  for (const { source, status, count } of slots.flatMap((slot) => slot.answers)) {
    const key = `${source} ${status}`;
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { source, status, count });
  }
  const answers = bounded([...counts.values()]);
  return {
    requests: answers.reduce((sum, answer) => sum + answer.count, 0),
    answers,
    upstream_ms: sumHistograms(slots.map((slot) => slot.upstream_ms)),
    total_ms: sumHistograms(slots.map((slot) => slot.total_ms)),
  };
}

/**
 * The upper end, in milliseconds, of the bucket in which the `share`th smallest latency lies (0.95 for a p95); null without any. Buckets are
 * powers of two: it says twice too much at worst.
 */
export function latencyQuantile(histogram: readonly number[], share: number): number | null {
  const wanted = share * histogram.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return null;
  let sum = 0;
  const bucket = histogram.findIndex((count) => {
    sum += count;
    return count > 0 && sum >= wanted;
  });
  return 2 ** bucket;
}

/** The rarest go into one that is called `other`. */
function bounded(answers: AnswerCount[]): AnswerCount[] {
  const named = answers.filter((answer) => answer.source !== "other").sort((one, other) => other.count - one.count);
  const rest = [...answers.filter((answer) => answer.source === "other"), ...named.slice(MAX_ANSWERS)];
  const count = rest.reduce((sum, answer) => sum + answer.count, 0);
  const kept = named.slice(0, MAX_ANSWERS);
  return count === 0 ? kept : [...kept, { source: "other", status: 0, count }];
}

function sumHistograms(histograms: readonly (readonly number[])[]): number[] {
  return Array.from({ length: LATENCY_BUCKETS }, (_, bucket) =>
    histograms.reduce((sum, histogram) => sum + (histogram[bucket] ?? 0), 0),
  );
}
