import { type Selectable, sql } from "kysely";
import { MAX_BASELINES, MAX_LOGINS } from "../../../contract/learning.ts";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type BaselineRow = Selectable<Database["learned_baselines"]>;

/** Nodes come and go with their names: only the latest reports of a name count. */
const MAX_NODES = 20;

/** Names beyond the limit of a gateway are not kept. */
export async function putBaseline(db: Db, row: BaselineRow): Promise<void> {
  const values = { ...row, baseline: json(row.baseline) };
  await db
    .insertInto("learned_baselines")
    .values(values)
    .onConflict((conflict) => conflict.columns(["gateway", "node", "name"]).doUpdateSet(values))
    .execute();
}

export async function baselineNames(db: Db, gateway: string): Promise<Set<string>> {
  const query = db.selectFrom("learned_baselines").select("name").distinct().where("gateway", "=", gateway);
  return new Set((await query.limit(MAX_BASELINES).execute()).map(({ name }) => name));
}

/** Reports by name, each name's latest first. */
export async function listBaselines(db: Db, gateway: string): Promise<Map<string, BaselineRow[]>> {
  const query = db.selectFrom("learned_baselines").selectAll().where("gateway", "=", gateway);
  const rows = await query
    .orderBy("reported_at", "desc")
    .limit(MAX_BASELINES * MAX_NODES)
    .execute();
  const byName = new Map<string, BaselineRow[]>();
  for (const row of rows) {
    const known = byName.get(row.name) ?? [];
    if (known.length < MAX_NODES) byName.set(row.name, [...known, row]);
  }
  return byName;
}

/** True when the path was not known. */
export async function putLogin(db: Db, gateway: string, path: string, at: number): Promise<boolean> {
  const known = db.updateTable("learned_logins").set({ reported_at: at }).where("gateway", "=", gateway);
  const { numUpdatedRows } = await known.where("path", "=", path).executeTakeFirst();
  if (numUpdatedRows > 0n) return false;
  const count = db.selectFrom("learned_logins").where("gateway", "=", gateway).select(sql<number>`count(*)`.as("n"));
  if (Number((await count.executeTakeFirstOrThrow()).n) >= MAX_LOGINS) return false;
  await db.insertInto("learned_logins").values({ gateway, path, reported_at: at }).execute();
  return true;
}

export async function listLogins(db: Db, gateway: string): Promise<string[]> {
  const query = db.selectFrom("learned_logins").select("path").where("gateway", "=", gateway);
  return (await query.orderBy("path").limit(MAX_LOGINS).execute()).map(({ path }) => path);
}

/** What nobody has reported since then; returns the gateways that lost login paths. */
export async function forgetBaselines(db: Db, before: number): Promise<string[]> {
  await db.deleteFrom("learned_baselines").where("reported_at", "<", before).execute();
  const gone = db.deleteFrom("learned_logins").where("reported_at", "<", before).returning("gateway");
  return [...new Set((await gone.execute()).map(({ gateway }) => gateway))];
}
