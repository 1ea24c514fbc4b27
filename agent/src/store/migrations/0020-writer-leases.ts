import { type Kysely, sql } from "kysely";

/** Who may write to a gateway's configuration: one agent at a time; a new holder gets the next token. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table writer_leases (
      gateway text primary key,
      holder text not null,
      token bigint not null,
      expires_at bigint not null
    )`.execute(db);
}
