import { sql } from "kysely";
import type { RequestDescriptor, RequestsRecord } from "../../../contract/ingest.ts";
import { type Db, json } from "./db.ts";

/** Recent requests of each gateway, in a ring of bounded size: the oldest is written over. */
const RING_SLOTS = 50_000;
export const RING_KEPT_MS = 15 * 60_000;

export interface RecentRequest extends Omit<RequestDescriptor, "at"> {
  /** Epoch milliseconds. */
  at: number;
  /** How many requests it stands for. */
  weight: number;
}

export interface RecentRange {
  /** `[from, to)` in epoch milliseconds. */
  from: number;
  to: number;
  limit: number;
}

/** Latest first. */
export async function recentRequests(db: Db, gateway: string, range: RecentRange): Promise<RecentRequest[]> {
  const rows = await db
    .selectFrom("request_ring")
    .select(["at", "weight", "request"])
    .where("gateway", "=", gateway)
    .where("at", ">=", range.from)
    .where("at", "<", range.to)
    .where("request", "is not", null)
    .orderBy("at", "desc")
    .orderBy("slot")
    .limit(range.limit)
    .execute();
  return rows.map(({ at, weight, request }) => ({ ...request!, at, weight }));
}

/** Returns how many were added. A node's clock may be wrong: nothing happened after it was received. */
export async function addRequests(
  transaction: Db,
  gateway: string,
  records: readonly RequestsRecord[],
  receivedAt: number,
): Promise<number> {
  const requests = records.flatMap((record) =>
    record.requests.map((request) => ({
      at: Math.min(receivedAt, Math.round(request.at * 1000)),
      weight: record.weight,
      request,
    })),
  );
  if (requests.length === 0) return 0;
  const first = await takeSlots(transaction, gateway, requests.length);
  const rows = requests.map((row, index) => ({
    ...row,
    gateway,
    slot: (first + index) % RING_SLOTS,
    request: json(row.request),
  }));
  await transaction
    .insertInto("request_ring")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["gateway", "slot"]).doUpdateSet((update) => ({
        at: update.ref("excluded.at"),
        weight: update.ref("excluded.weight"),
        request: update.ref("excluded.request"),
      })),
    )
    .execute();
  return rows.length;
}

/** Emptied, not deleted: the row keeps its place. */
export async function forgetOldRequests(db: Db, before: number): Promise<void> {
  await db
    .updateTable("request_ring")
    .set({ request: null })
    .where("at", "<", before)
    .where("request", "is not", null)
    .execute();
}

/** The first of `count` slots that are this transaction's. */
async function takeSlots(transaction: Db, gateway: string, count: number): Promise<number> {
  const head = await transaction
    .insertInto("request_ring_heads")
    .values({ gateway, next: count % RING_SLOTS })
    .onConflict((conflict) =>
      conflict
        .column("gateway")
        .doUpdateSet({ next: sql`(request_ring_heads.next + ${count}::integer) % ${RING_SLOTS}::integer` }),
    )
    .returning("next")
    .executeTakeFirstOrThrow();
  return (head.next - count + RING_SLOTS) % RING_SLOTS;
}
