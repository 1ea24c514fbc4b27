import { type Selectable, sql } from "kysely";
import type { Batch, RequestsRecord } from "../../../contract/ingest.ts";
import { type Db, json } from "./db.ts";
import { noteConfigure, upsertNode } from "./nodes.ts";
import { addRequests } from "./request-ring.ts";
import type { Database } from "./schema.ts";

export type StoredEvent = Selectable<Database["events"]>;

/**
 * Keeps a batch: once, however often it is sent. Ids are taken as unique for a key and node only, so that one node cannot take
 * another's. Recent requests go straight to their ring. Returns how many events were new; null when the whole batch was known.
 */
export async function addBatch(transaction: Db, batch: Batch, keyId: string, now: number): Promise<number | null> {
  const owner = `${keyId}/${batch.node}`;
  const fresh = await transaction
    .insertInto("ingest_batches")
    .values({ id: `${owner}/${batch.batch}`, node: batch.node, received_at: now })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (!fresh) return null;
  await upsertNode(transaction, {
    node: batch.node,
    gateway: batch.gateway,
    key_id: keyId,
    last_seen_at: now,
    health: batch.health,
  });
  const configuredAt = batch.health.configured_at ?? 0;
  if (configuredAt > 0) {
    const at = Math.min(now, Math.round(configuredAt * 1000));
    await noteConfigure(transaction, { gateway: batch.gateway, node: batch.node, at });
  }
  const isRequests = (record: Batch["records"][number]): record is RequestsRecord => record.type === "requests";
  await addRequests(transaction, batch.gateway, batch.records.filter(isRequests), now);
  const events = batch.records.filter((record) => !isRequests(record));
  if (events.length === 0) return 0;
  const rows = events.map((record) => ({
    id: `${owner}/${record.id}`,
    gateway: batch.gateway,
    node: batch.node,
    key_id: keyId,
    type: record.type,
    record: json(record),
    received_at: now,
  }));
  const insert = transaction.insertInto("events").values(rows);
  const added = await insert
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  return added.length;
}

/** Not taken in by correlation yet, oldest first. */
export function waitingEvents(db: Db, gateway: string, limit: number): Promise<StoredEvent[]> {
  const query = db.selectFrom("events").selectAll().where("gateway", "=", gateway).where("processed_at", "is", null);
  return query.orderBy("received_at").orderBy("id").limit(limit).execute();
}

export async function markProcessed(db: Db, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await db.updateTable("events").set({ processed_at: now }).where("id", "in", ids).execute();
}

export async function countWaitingEvents(db: Db, gateway: string): Promise<number> {
  const query = db.selectFrom("events").where("gateway", "=", gateway).where("processed_at", "is", null);
  return (await query.select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow()).count;
}
