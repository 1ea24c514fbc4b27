import { sql } from "kysely";
import { AgentError } from "../errors.ts";
import type { Db } from "./db.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";

export interface Store {
  db: Db;
  kind: "pglite" | "postgres";
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type StoreOptions = { databaseUrl: string } | { dataDir: string };

/** Opens the store and brings its schema up to date. `dataDir` may be `memory://`, for tests. */
export async function openStore(
  options: StoreOptions,
  onError: (error: Error) => void = () => undefined,
): Promise<Store> {
  const kind = "databaseUrl" in options ? "postgres" : "pglite";
  const { db, close } =
    "databaseUrl" in options ? openPostgres(options.databaseUrl, onError) : await openPglite(options.dataDir);
  try {
    await migrate(db);
  } catch (error) {
    await close();
    throw kind === "pglite" ? error : new AgentError("STORE_UNUSABLE", { reason: reasonOf(error) }, { cause: error });
  }
  return { db, kind, close, ping: () => sql`select 1`.execute(db).then(() => undefined) };
}

/** A host with several addresses fails with one error for each, and no words of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
