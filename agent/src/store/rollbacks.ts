import type { Insertable, Selectable, Updateable } from "kysely";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type Rollback = Selectable<Database["rollbacks"]>;
const JSON_COLUMNS = [
  "routes",
  "alarm",
  "error_kinds",
  "verdict",
  "data_planes",
  "changes",
  "proposal",
  "proof",
] as const;

export async function addRollback(db: Db, rollback: Rollback): Promise<void> {
  await db
    .insertInto("rollbacks")
    .values(toRow(rollback) as Insertable<Database["rollbacks"]>)
    .execute();
}

export async function updateRollback(db: Db, id: string, patch: Partial<Rollback>, at: number): Promise<void> {
  await db
    .updateTable("rollbacks")
    .set(toRow({ ...patch, updated_at: at }) as Updateable<Database["rollbacks"]>)
    .where("id", "=", id)
    .execute();
}

export async function getRollback(db: Db, id: string): Promise<Rollback | null> {
  return (await db.selectFrom("rollbacks").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Newest first. */
export function listRollbacks(db: Db, gateway: string, query: { since?: number; limit: number }): Promise<Rollback[]> {
  const found = db.selectFrom("rollbacks").selectAll().where("gateway", "=", gateway);
  return found
    .where("created_at", ">=", query.since ?? 0)
    .orderBy("created_at", "desc")
    .limit(query.limit)
    .execute();
}

function toRow(rollback: Partial<Rollback>): Record<string, unknown> {
  const row: Record<string, unknown> = { ...rollback };
  for (const column of JSON_COLUMNS) {
    if (row[column] !== undefined && row[column] !== null) row[column] = json(row[column]);
  }
  return row;
}
