import type { Insertable, Selectable, Updateable } from "kysely";
import { type Db, json } from "./db.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";
import type { ActionStatus, ActionTable } from "./schema.ts";

export type Action = Selectable<ActionTable>;
export type ActionPatch = Partial<Action>;

/** While an action is on, no second one of its idempotency key can be. */
export const ON: readonly ActionStatus[] = ["awaiting_approval", "planned", "dry_run", "applied"];
/** A little is let through, to see whether it is still needed. */
export const isProbing = (action: Action): boolean => action.probed_at !== null;

const JSON_COLUMNS = ["target", "params", "before_image", "changes", "effect"] as const;

/** The new action, or with `created: false` the one that is on already under the same idempotency key. */
export async function createAction(db: Db, action: Action): Promise<{ action: Action; created: boolean }> {
  const insert = db.insertInto("actions").values(toRow(action) as Insertable<ActionTable>);
  const created = await insert
    .onConflict((conflict) => conflict.column("idempotency_key").where("status", "in", ON).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (created) return { action: created, created: true };
  const query = db.selectFrom("actions").selectAll().where("idempotency_key", "=", action.idempotency_key);
  const existing = await query.where("status", "in", ON).executeTakeFirst();
  if (existing) return { action: existing, created: false };
  return createAction(db, action);
}

/** False when there is no such action, or when it is no longer in one of the `expected` statuses: then nothing changes. */
export async function updateAction(
  db: Db,
  id: string,
  patch: ActionPatch,
  expected?: readonly ActionStatus[],
): Promise<boolean> {
  let query = db.updateTable("actions").set(toRow(patch)).where("id", "=", id);
  if (expected) query = query.where("status", "in", expected);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

export async function getAction(db: Db, id: string): Promise<Action | null> {
  return (await db.selectFrom("actions").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export function actionsOfIncident(db: Db, incidentId: string, limit = 200): Promise<Action[]> {
  const query = db.selectFrom("actions").selectAll().where("incident_id", "=", incidentId);
  return query.orderBy("created_at", "desc").orderBy("id").limit(limit).execute();
}

/** Planned, applied or (in dry run) would have been. */
export function listActionsOn(db: Db, gateway: string, limit = 1_000): Promise<Action[]> {
  const query = db.selectFrom("actions").selectAll().where("gateway", "=", gateway).where("status", "in", ON);
  return query.orderBy("created_at", "desc").limit(limit).execute();
}

/** On, and past their expiry. */
export function listActionsDue(db: Db, now: number, limit = 200): Promise<Action[]> {
  const query = db.selectFrom("actions").selectAll().where("status", "in", ON).where("expires_at", "<=", now);
  return query.orderBy("expires_at").limit(limit).execute();
}

export interface ActionFilter {
  status?: ActionStatus | undefined;
  incident?: string | undefined;
}

/** Newest first. */
export async function listActions(db: Db, filter: ActionFilter, page: Page): Promise<Cursor<Action>> {
  let query = db.selectFrom("actions").selectAll();
  if (filter.status) query = query.where("status", "=", filter.status);
  if (filter.incident) query = query.where("incident_id", "=", filter.incident);
  if (page.after) {
    const [at, id] = page.after;
    query = query.where((is) =>
      is.or([is("created_at", "<", at), is.and([is("created_at", "=", at), is("id", "<", id)])]),
    );
  }
  const ordered = query.orderBy("created_at", "desc").orderBy("id", "desc");
  return pageOf(await ordered.limit(page.limit + 1).execute(), page.limit, (row) => [row.created_at, row.id]);
}

function toRow(action: ActionPatch): Updateable<ActionTable> {
  const row: Record<string, unknown> = { ...action };
  for (const column of JSON_COLUMNS) {
    if (row[column] !== undefined && row[column] !== null) row[column] = json(row[column]);
  }
  return row as Updateable<ActionTable>;
}
