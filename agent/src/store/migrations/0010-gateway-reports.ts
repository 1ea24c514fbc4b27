import { type Kysely, sql } from "kysely";

/** The ring's rows change all the time: with room in their pages and no index on what changes they stay where they are. */
const STATEMENTS = [
  `create table traffic_answers (
     gateway text not null, route_id text not null, slot_start bigint not null, answers jsonb not null,
     upstream_ms jsonb not null, total_ms jsonb not null, primary key (gateway, slot_start, route_id))`,
  `create index traffic_answers_slot on traffic_answers (slot_start)`,
  `create table request_ring (
     gateway text not null, slot integer not null, at bigint not null, weight double precision not null, request jsonb,
     primary key (gateway, slot)) with (fillfactor = 70)`,
  `create table request_ring_heads (gateway text primary key, next integer not null)`,
  `create table node_configures (
     gateway text not null, node text not null, at bigint not null, primary key (gateway, at, node))`,
  `alter table incidents add column configured_at bigint`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
