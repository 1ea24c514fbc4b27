import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Database } from "./schema.ts";

/** The database or a transaction in it: every function of the store takes either. */
export type Db = Kysely<Database>;

/** Runs `work` in a transaction, or in the one that `db` already is. */
export function inTransaction<T>(db: Db, work: (transaction: Db) => Promise<T>): Promise<T> {
  return db.isTransaction
    ? work(db)
    : db.transaction().execute((transaction: Transaction<Database>) => work(transaction));
}

/** PostgreSQL refuses NUL and lone surrogates, which attackers can put into any string. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", "").replace(/\p{Surrogate}/gu, "\ufffd");
}

/** A value for a `jsonb` column. Arrays have to come through here: `pg` would turn them into PostgreSQL arrays. */
export function json<T>(value: T): RawBuilder<T> {
  const text = JSON.stringify(value, (_key, member) => (typeof member === "string" ? storableText(member) : member));
  return sql<T>`cast(${text} as jsonb)`;
}

/** Serialises what is named `name` over all processes until the transaction ends. */
export async function holdLock(transaction: Db, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
}
