import { type Migration, Migrator } from "kysely";
import type { Db } from "./db.ts";
import { migrations } from "./migrations/index.ts";

/** Brings the schema up to date, one process at a time (an advisory lock), all or nothing. Returns what it ran. */
export async function migrate(db: Db): Promise<string[]> {
  const provider = { getMigrations: (): Promise<Record<string, Migration>> => Promise.resolve(migrations) };
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}
