import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table model_calls (gateway text not null, at bigint not null, severity text not null)`,
  `create index model_calls_at on model_calls (gateway, at)`,
  `alter table actions add column part bigint, add column on_failure text`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
