import { randomUUID } from "node:crypto";
import type { Insertable, Selectable } from "kysely";
import type { Configuration } from "../drivers/gateway.ts";
import { type Db, json } from "./db.ts";
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

/** Seen now; its content is kept once. */
export async function noteConfiguration(
  db: Db,
  gateway: string,
  { hash, entities }: Configuration,
  at: number,
): Promise<void> {
  await db
    .insertInto("configurations")
    .values({ gateway, hash, first_seen_at: at, last_seen_at: at, entities: json(entities) })
    .onConflict((conflict) => conflict.columns(["gateway", "hash"]).doUpdateSet({ last_seen_at: at }))
    .execute();
}

export async function addChange(db: Db, change: ChangeRow): Promise<void> {
  const values = { ...change, diffs: json(change.diffs) } as Insertable<Database["configuration_changes"]>;
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

export async function addMarker(db: Db, marker: Omit<Marker, "id">): Promise<Marker> {
  const row = { id: randomUUID(), ...marker };
  await db.insertInto("change_markers").values(row).execute();
  return row;
}

/** Newest first. */
export function listMarkers(db: Db, gateway: string, since: number, limit = 200): Promise<Marker[]> {
  const found = db.selectFrom("change_markers").selectAll().where("gateway", "=", gateway);
  return found.where("at", ">=", since).orderBy("at", "desc").limit(limit).execute();
}
