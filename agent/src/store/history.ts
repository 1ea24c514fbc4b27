import { randomUUID } from "node:crypto";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Configuration } from "../drivers/gateway.ts";
import { type Db, holdLock, inTransaction, json } from "./db.ts";
import type { ExplainingCommit } from "./rollback-tables.ts";
import type { Database } from "./schema.ts";

export type SeenConfiguration = Selectable<Database["configurations"]>;
export type ChangeRow = Selectable<Database["configuration_changes"]>;
export type Marker = Selectable<Database["change_markers"]>;

/** The configuration that was seen last, or null. */
export async function latestConfiguration(db: Db, gateway: string): Promise<SeenConfiguration | null> {
  const query = db.selectFrom("configurations").selectAll().where("gateway", "=", gateway);
  return (await query.orderBy("last_seen_at", "desc").limit(1).executeTakeFirst()) ?? null;
}

export async function getConfiguration(db: Db, gateway: string, hash: string): Promise<Configuration | null> {
  const query = db.selectFrom("configurations").select(["hash", "entities"]).where("gateway", "=", gateway);
  return (await query.where("hash", "=", hash).executeTakeFirst()) ?? null;
}

/** Seen at that time; its content is kept once. */
export async function noteConfiguration(
  db: Db,
  gateway: string,
  { hash, entities }: Configuration,
  at: number,
): Promise<void> {
  await db
    .insertInto("configurations")
    .values({ gateway, hash, first_seen_at: at, last_seen_at: at, entities: json(entities) })
    .onConflict((conflict) =>
      conflict.columns(["gateway", "hash"]).doUpdateSet({
        first_seen_at: sql<number>`least(configurations.first_seen_at, ${at})`,
        last_seen_at: sql<number>`greatest(configurations.last_seen_at, ${at})`,
      }),
    )
    .execute();
}

export async function addChange(db: Db, change: ChangeRow): Promise<void> {
  const written = { diffs: json(change.diffs), commit: change.commit && json(change.commit) };
  const values = { ...change, ...written } as Insertable<Database["configuration_changes"]>;
  await db.insertInto("configuration_changes").values(values).execute();
}

/** Newest first. */
export function listChanges(db: Db, gateway: string, query: { since: number; limit: number }): Promise<ChangeRow[]> {
  const found = db.selectFrom("configuration_changes").selectAll().where("gateway", "=", gateway);
  return found.where("applied_at", ">=", query.since).orderBy("applied_at", "desc").limit(query.limit).execute();
}

export async function getChange(db: Db, id: string): Promise<ChangeRow | null> {
  return (await db.selectFrom("configuration_changes").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** The first that was seen after that time, or null. */
export async function changeAfter(db: Db, gateway: string, at: number): Promise<ChangeRow | null> {
  const query = db.selectFrom("configuration_changes").selectAll().where("gateway", "=", gateway);
  return (await query.where("seen_at", ">", at).orderBy("seen_at").limit(1).executeTakeFirst()) ?? null;
}

/** What was known to be before it was something else; without a difference there was no such change. */
export async function rebaseChange(
  db: Db,
  id: string,
  { before_hash, applied_at, diffs }: Pick<ChangeRow, "before_hash" | "applied_at" | "diffs">,
): Promise<void> {
  if (diffs.length === 0) await db.deleteFrom("configuration_changes").where("id", "=", id).execute();
  const values = { before_hash, applied_at, diffs: json(diffs) };
  await db.updateTable("configuration_changes").set(values).where("id", "=", id).execute();
}

export async function explainChange(db: Db, id: string, commit: ExplainingCommit): Promise<void> {
  await db
    .updateTable("configuration_changes")
    .set({ commit: json(commit) })
    .where("id", "=", id)
    .execute();
}

const SAME_MS = 10 * 60_000;

/** The same again within ten minutes is the one that is there: whoever got no answer sends it again. */
export function addMarkerOnce(
  db: Db,
  marker: Omit<Marker, "id">,
  within_ms = SAME_MS,
): Promise<{ marker: Marker; isNew: boolean }> {
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, `markers:${marker.gateway}`);
    const { gateway, at, sha, actor, note, source } = marker;
    const same = transaction
      .selectFrom("change_markers")
      .selectAll()
      .where("gateway", "=", gateway)
      .where("at", ">=", at - within_ms)
      .where("at", "<=", at + within_ms)
      .where("sha", "is not distinct from", sha);
    const known = same.where("actor", "=", actor).where("note", "=", note).where("source", "=", source);
    const found = await known.orderBy("at").limit(1).executeTakeFirst();
    if (found !== undefined) return { marker: found, isNew: false };
    const row = { id: randomUUID(), ...marker };
    await transaction.insertInto("change_markers").values(row).execute();
    return { marker: row, isNew: true };
  });
}

/** Newest first. */
export function listMarkers(db: Db, gateway: string, since: number, limit = 200): Promise<Marker[]> {
  const found = db.selectFrom("change_markers").selectAll().where("gateway", "=", gateway);
  return found.where("at", ">=", since).orderBy("at", "desc").limit(limit).execute();
}
