import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { migrate } from "../../agent/src/store/migrate.ts";
import { openStore, type Store } from "../../agent/src/store/open.ts";
import type { Database } from "../../agent/src/store/schema.ts";
import { type PrivatePostgres, startPostgres } from "./postgres.ts";

export const STORE_KINDS = ["pglite", "postgres"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** Given back by tests of this process. To start a database takes seconds of computing, to make its schema again does not. */
const idle: Store[] = [];

async function makeAgain(store: Store): Promise<Store> {
  for (const statement of ["discard all", "drop schema public cascade", "create schema public"])
    await sql.raw(statement).execute(store.db);
  await migrate(store.db);
  return store;
}

/** An empty embedded store that leaves nothing behind: for unit tests that need a real database. */
export async function openMemoryStore(): Promise<Store> {
  const used = idle.pop();
  const store = used ? await makeAgain(used) : await openStore({ dataDir: "memory://" });
  return { ...store, close: async () => void idle.push(store) };
}

const TABLES = [
  "ingest_batches",
  "events",
  "nodes",
  "incidents",
  "incident_log",
  "approvals",
  "actions",
  "kill_switches",
  "decisions",
  "traffic",
  "traffic_answers",
  "request_ring",
  "request_ring_heads",
  "node_configures",
  "decision_hits",
  "model_calls",
  "learned_votes",
  "learned_scores",
  "learned_items",
  "learned_baselines",
  "learned_logins",
  "writer_leases",
  "jobs",
  "outbox",
] as const satisfies (keyof Database)[];

/** Opening a store takes seconds: tests of a file share one and empty it. The feed goes on with its next sequence. */
export async function emptyStore(store: Store): Promise<void> {
  await sql.raw(`truncate ${TABLES.join(", ")}`).execute(store.db);
  await sql`update feeds set sequence = sequence + 1`.execute(store.db);
}

/** What a killed agent holds is held for some seconds more; this is after those. */
export async function letLeasesEnd({ db }: Store): Promise<void> {
  await db.updateTable("jobs").set({ locked_until: 0 }).where("locked_by", "is not", null).execute();
  await db.updateTable("writer_leases").set({ expires_at: 0 }).execute();
}

export interface StoreHome {
  /** Opens the store of this home; several at a time on PostgreSQL. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** A place for a store of this kind: a directory, or a database of a private PostgreSQL. */
export async function storeHome(kind: StoreKind): Promise<StoreHome> {
  if (kind === "pglite") {
    const dataDir = mkdtempSync(join(tmpdir(), "tr-store-"));
    return {
      open: () => openStore({ dataDir }),
      remove: async () => rmSync(dataDir, { recursive: true, force: true }),
    };
  }
  const postgres: PrivatePostgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  return { open: () => openStore({ databaseUrl }), remove: () => postgres.stop() };
}
