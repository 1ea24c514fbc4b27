import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table audit (
     sequence bigint primary key, at bigint not null, gateway text not null, actor text not null, kind text not null,
     data jsonb not null, previous text not null, hash text not null)`,
  `create index audit_kind on audit (gateway, kind, sequence desc)`,
  `create table audit_head (only_one boolean primary key default true check (only_one), sequence bigint not null, hash text not null)`,
  `insert into audit_head (sequence, hash) values (0, repeat('0', 64))`,
  `create function audit_is_append_only() returns trigger language plpgsql as
     'begin raise exception ''audit rows are never changed or removed''; end'`,
  `create trigger audit_rows_stay before update or delete on audit for each row execute function audit_is_append_only()`,
  `create trigger audit_stays before truncate on audit for each statement execute function audit_is_append_only()`,
  `create table kill_switches (
     gateway text primary key, mode text not null, reason text not null, set_by text not null, set_at bigint not null)`,
  `create table approvals (
     id text primary key, gateway text not null, incident_id text not null references incidents (id) on delete cascade,
     plan_hash text not null, plan jsonb not null, policy_hash text not null, reason text not null, persons integer not null,
     approved_by jsonb not null, status text not null, preview jsonb, requested_at bigint not null, expires_at bigint not null,
     decided_at bigint, decided_by text, comment text)`,
  `create unique index approvals_waiting on approvals (incident_id, (plan ->> 'id')) where status = 'waiting'`,
  `create index approvals_requested on approvals (requested_at desc, id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
