import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table learned_baselines (
     gateway text not null, node text not null, name text not null, baseline jsonb not null, reported_at bigint not null,
     primary key (gateway, node, name))`,
  `create table learned_logins (
     gateway text not null, path text not null, reported_at bigint not null, primary key (gateway, path))`,
  `create index learned_baselines_name on learned_baselines (gateway, name)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
