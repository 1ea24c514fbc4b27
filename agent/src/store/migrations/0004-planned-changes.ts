import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `alter table actions add column changes jsonb, add column stage text, add column outcome text, add column plan_hash text`,
  `drop index actions_on`,
  `create unique index actions_on on actions (idempotency_key)
     where status in ('awaiting_approval', 'planned', 'dry_run', 'applied')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
