import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table configurations (
     gateway text not null, hash text not null, first_seen_at bigint not null, last_seen_at bigint not null,
     entities jsonb not null, primary key (gateway, hash))`,
  `create table configuration_changes (
     id text primary key, gateway text not null, seen_at bigint not null, applied_at bigint not null, before_hash text not null,
     after_hash text not null, diffs jsonb not null, by_agent boolean not null)`,
  `create table change_markers (
     id text primary key, gateway text not null, at bigint not null, sha text, actor text not null, note text not null)`,
  `create table rollbacks (
     id text primary key, gateway text not null, incident_id text not null, change_id text, status text not null,
     routes jsonb not null, alarm jsonb not null, verdict jsonb not null, changes jsonb not null, reason text not null,
     proposal jsonb, proof jsonb, created_at bigint not null, applied_at bigint, updated_at bigint not null)`,
  `create index configuration_changes_at on configuration_changes (gateway, applied_at desc)`,
  `create index change_markers_at on change_markers (gateway, at desc)`,
  `create index rollbacks_at on rollbacks (gateway, created_at desc)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
