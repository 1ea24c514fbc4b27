import { isDeepStrictEqual } from "node:util";
import { type Migration, Migrator, sql } from "kysely";
import type { Db } from "./db.ts";
import { migrations } from "./migrations/index.ts";

/** Brings the schema up to date, one process at a time (an advisory lock), all or nothing. Returns what it ran. */
export async function migrate(db: Db): Promise<string[]> {
  if (await isUpToDate(db)) return [];
  const provider = { getMigrations: (): Promise<Record<string, Migration>> => Promise.resolve(migrations) };
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}

/** Kysely reads the whole catalogue first, which is most of what a start of the embedded database takes. */
async function isUpToDate(db: Db): Promise<boolean> {
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(db).catch(() => null);
  return isDeepStrictEqual(done?.rows.map(({ name }) => name).sort(), Object.keys(migrations).sort());
}
