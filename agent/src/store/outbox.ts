import { type Selectable, sql } from "kysely";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type OutboxMessage = Selectable<Database["outbox"]>;

export interface NewOutboxMessage {
  channel: string;
  /** One message per channel and key is ever sent. */
  dedupe_key: string;
  payload: Record<string, unknown>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 300_000;
/** Waiting messages of one channel. Beyond it new ones are dropped: an outlet that is down must not fill the disk. */
export const MAX_WAITING = 10_000;

/** False when it was there already, or when the channel's outbox is full. */
export async function enqueueOutbox(
  db: Db,
  message: NewOutboxMessage,
  maximum = MAX_WAITING,
): Promise<"queued" | "known" | "full"> {
  if ((await countOutbox(db, message.channel)) >= maximum) return "full";
  const result = await db
    .insertInto("outbox")
    .values({ ...message, payload: json(message.payload), attempts: 0, next_at: Date.now() })
    .onConflict((conflict) => conflict.columns(["channel", "dedupe_key"]).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n ? "queued" : "known";
}

/** Messages that are due, oldest first, kept from other workers for `leaseMs`. */
export async function claimOutbox(
  db: Db,
  channel: string,
  limit: number,
  leaseMs: number,
  now = Date.now(),
): Promise<OutboxMessage[]> {
  const due = db
    .selectFrom("outbox")
    .select("id")
    .where("channel", "=", channel)
    .where("sent_at", "is", null)
    .where("failed_at", "is", null)
    .where("next_at", "<=", now)
    .orderBy("id")
    .limit(limit)
    .forUpdate()
    .skipLocked();
  const claimed = await db
    .updateTable("outbox")
    .set((update) => ({ next_at: now + leaseMs, attempts: update("attempts", "+", 1) }))
    .where("id", "in", due)
    .returningAll()
    .execute();
  return claimed.sort((one, other) => one.id - other.id);
}

export async function finishOutbox(db: Db, id: number): Promise<void> {
  await db.updateTable("outbox").set({ sent_at: Date.now(), last_error: null }).where("id", "=", id).execute();
}

/** Tried again later with a pause that doubles, or given up when `final`. */
export async function failOutbox(db: Db, message: OutboxMessage, error: string, final: boolean): Promise<void> {
  const now = Date.now();
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(message.attempts - 1, 20));
  const query = db
    .updateTable("outbox")
    .set({ last_error: error.slice(0, 1_000), next_at: now + pause, failed_at: final ? now : null });
  await query.where("id", "=", message.id).execute();
}

/** Waiting messages, of one channel or of all. */
export async function countOutbox(db: Db, channel?: string): Promise<number> {
  let query = db.selectFrom("outbox").where("sent_at", "is", null).where("failed_at", "is", null);
  if (channel !== undefined) query = query.where("channel", "=", channel);
  return (await query.select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow()).count;
}
