import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type QueryResult,
} from "kysely";
import type { Db } from "./db.ts";
import { lockDirectory } from "./directory-lock.ts";
import { PgliteThread } from "./pglite-thread.ts";
import { StorableQueryCompiler } from "./query-compiler.ts";

export const IN_MEMORY = "memory://";
/** Work that waits longer for the one connection most likely waits for itself: `db` was used inside a transaction of `db`. */
const ACQUIRE_TIMEOUT_MS = 30_000;

export async function openPglite(dataDir: string): Promise<{ db: Db; close: () => Promise<void> }> {
  if (dataDir === IN_MEMORY) {
    const db = databaseOn(await PgliteThread.start(IN_MEMORY, true));
    return { db, close: () => db.destroy() };
  }
  const unlock = lockDirectory(dataDir);
  try {
    const db = databaseOn(await openCluster(dataDir));
    return { db, close: () => db.destroy().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** What a crash left half made is made again. */
async function openCluster(dataDir: string): Promise<PgliteThread> {
  const cluster = join(dataDir, "pglite");
  const complete = join(dataDir, "pglite.complete");
  if (existsSync(complete)) return PgliteThread.start(cluster, false);
  rmSync(cluster, { recursive: true, force: true });
  const thread = await PgliteThread.start(cluster, true);
  writeFileSync(complete, "");
  return thread;
}

function databaseOn(thread: PgliteThread): Db {
  return new Kysely({ dialect: dialectOf(thread) });
}

function dialectOf(thread: PgliteThread): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PgliteDriver(thread),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new StorableQueryCompiler(),
  };
}

/** PGlite is one connection: work takes turns, whole transactions at a time. */
class PgliteDriver implements Driver {
  readonly #thread: PgliteThread;
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#busy) await this.#turn();
    this.#busy = true;
    return new PgliteConnection(this.#thread);
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new Error("Waited too long for the embedded database."));
      }, ACQUIRE_TIMEOUT_MS);
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push(enter);
    });
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy = false;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    await this.#thread.close();
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #thread: PgliteThread;

  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const reply = await this.#thread.query(query.sql, query.parameters);
    return { rows: reply.rows as R[], numAffectedRows: BigInt(reply.affected) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("The embedded database does not stream.");
  }
}
