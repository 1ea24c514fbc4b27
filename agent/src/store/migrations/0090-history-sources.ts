import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `alter table configuration_changes add column origin text not null default 'gateway'`,
  `alter table configuration_changes add column commit jsonb`,
  `alter table change_markers add column source text not null default 'ci'`,
  `create table metric_readings (
     gateway text not null, source text not null, at bigint not null, not_before bigint not null, counters jsonb not null,
     primary key (gateway, source))`,
  `create index configuration_changes_seen on configuration_changes (gateway, seen_at)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
