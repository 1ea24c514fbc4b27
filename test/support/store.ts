import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../../agent/src/store/open.ts";
import { type PrivatePostgres, startPostgres } from "./postgres.ts";

export const STORE_KINDS = ["pglite", "postgres"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** An empty embedded store that leaves nothing behind: for unit tests that need a real database. */
export function openMemoryStore(): Promise<Store> {
  return openStore({ dataDir: "memory://" });
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
