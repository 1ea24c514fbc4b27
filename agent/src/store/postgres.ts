import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Db } from "./db.ts";
import { StorableQueryCompiler } from "./query-compiler.ts";

const INT8 = 20;
const NUMERIC = 1700;

function parserOf(oid: number, format: "text" | "binary" = "text") {
  if (oid === INT8 || oid === NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as "text");
}

class Dialect extends PostgresDialect {
  override createQueryCompiler(): StorableQueryCompiler {
    return new StorableQueryCompiler();
  }
}

/** `onError` hears of connections that broke while idle; the pool replaces them. */
export function openPostgres(
  connectionString: string,
  onError: (error: Error) => void,
): { db: Db; close: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString,
    max: 16,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  pool.on("error", onError);
  const db: Db = new Kysely({ dialect: new Dialect({ pool }) });
  return { db, close: () => db.destroy() };
}
