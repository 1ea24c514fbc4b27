import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `alter table actions add column stage_at bigint, add column probed_at bigint, add column repaired_at bigint`,
  `alter table traffic add column suspicious_denied bigint not null default 0`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
