import type { Insertable, Selectable, Updateable } from "kysely";
import { type Db, json } from "./db.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";
import type { Database, IncidentStatus, IncidentTable } from "./schema.ts";

export type Incident = Selectable<IncidentTable>;
export type IncidentPatch = Partial<Incident>;
export type IncidentLogEntry = Selectable<Database["incident_log"]>;
export type NewIncidentLogEntry = Omit<Insertable<Database["incident_log"]>, "id">;

const JSON_COLUMNS = ["scope", "counts", "sources", "samples", "nodes", "reasons", "classification"] as const;
const LOG_LIMIT = 500;

/** A new incident, or the new state of one: the row as a whole. */
export async function upsertIncident(db: Db, incident: Incident): Promise<void> {
  const row = toRow(incident);
  await db
    .insertInto("incidents")
    .values(row as Insertable<IncidentTable>)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row as Updateable<IncidentTable>))
    .execute();
}

/** False when there is no such incident. */
export async function updateIncident(db: Db, id: string, patch: IncidentPatch): Promise<boolean> {
  const row = toRow({ ...patch, updated_at: patch.updated_at ?? Date.now() });
  const result = await db.updateTable("incidents").set(row).where("id", "=", id).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function getIncident(db: Db, id: string): Promise<Incident | null> {
  return (await db.selectFrom("incidents").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** The incident of this fingerprint that is not resolved. */
export async function findIncidentOn(db: Db, fingerprint: string): Promise<Incident | null> {
  const query = db.selectFrom("incidents").selectAll().where("fingerprint", "=", fingerprint);
  return (await query.where("status", "<>", "resolved").executeTakeFirst()) ?? null;
}

/** Not resolved, latest evidence first. */
export function listOpenIncidents(db: Db, gateway: string, limit = 1_000): Promise<Incident[]> {
  const query = db.selectFrom("incidents").selectAll().where("gateway", "=", gateway).where("status", "<>", "resolved");
  return query.orderBy("last_seen_at", "desc").limit(limit).execute();
}

export interface IncidentFilter {
  status?: IncidentStatus | undefined;
  category?: string | undefined;
  since?: number | undefined;
}

/** Latest evidence first. */
export async function listIncidents(db: Db, filter: IncidentFilter, page: Page): Promise<Cursor<Incident>> {
  let query = db.selectFrom("incidents").selectAll();
  if (filter.status) query = query.where("status", "=", filter.status);
  if (filter.category) query = query.where("category", "=", filter.category as Incident["category"]);
  if (filter.since !== undefined) query = query.where("last_seen_at", ">=", filter.since);
  if (page.after) {
    const [at, id] = page.after;
    query = query.where((is) =>
      is.or([is("last_seen_at", "<", at), is.and([is("last_seen_at", "=", at), is("id", "<", id)])]),
    );
  }
  const rows = await query
    .orderBy("last_seen_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows, page.limit, (row) => [row.last_seen_at, row.id]);
}

/** The timeline of an incident; `kind` is one word (`opened`, `evidence`, `classified`, `action`, `effect`, `status`, `operator`, …). */
export async function appendIncidentLog(db: Db, entry: NewIncidentLogEntry): Promise<void> {
  await db
    .insertInto("incident_log")
    .values({ ...entry, text: entry.text.slice(0, 1_000), data: entry.data ? json(entry.data) : null })
    .execute();
}

/** Oldest first; of a long one, the latest entries. */
export async function incidentLog(db: Db, incidentId: string, limit = LOG_LIMIT): Promise<IncidentLogEntry[]> {
  const query = db.selectFrom("incident_log").selectAll().where("incident_id", "=", incidentId);
  return (await query.orderBy("id", "desc").limit(limit).execute()).reverse();
}

export async function countOpenIncidents(db: Db, gateway: string): Promise<number> {
  const query = db.selectFrom("incidents").where("gateway", "=", gateway).where("status", "<>", "resolved");
  const row = await query.select((select) => select.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  return Number(row.count);
}

function toRow(incident: IncidentPatch): Updateable<IncidentTable> {
  const row: Record<string, unknown> = { ...incident };
  for (const column of JSON_COLUMNS) {
    if (row[column] !== undefined && row[column] !== null) row[column] = json(row[column]);
  }
  return row as Updateable<IncidentTable>;
}
