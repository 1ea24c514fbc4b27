import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  // Of rollbacks from before, both kinds count, as they did.
  `alter table rollbacks add column error_kinds jsonb not null default '["failed","refused"]'`,
  `alter table rollbacks add column data_planes jsonb not null default '[]'`,
  `create table proof_keys (
     id text primary key, public_key text not null, private_key text, created_at bigint not null, retired_at bigint)`,
  `create unique index proof_keys_in_use on proof_keys ((true)) where retired_at is null`,
  `create table slack_threads (
     channel text not null, incident_id text not null, ts text not null, created_at bigint not null,
     primary key (channel, incident_id))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
