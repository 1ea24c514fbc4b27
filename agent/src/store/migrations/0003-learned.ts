import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table learned_votes (
     gateway text not null, kind text not null, route_id text not null, field text not null, signature text not null,
     voter text not null, network text not null, consumer boolean not null, score integer not null, day bigint not null,
     at bigint not null, primary key (gateway, kind, route_id, field, signature, voter))`,
  `create table learned_scores (
     gateway text not null, route_id text not null, buckets jsonb not null, requests bigint not null, limits jsonb not null,
     updated_at bigint not null, primary key (gateway, route_id))`,
  `create table learned_items (
     id text primary key, gateway text not null, kind text not null, route_id text not null, field text not null,
     signature text not null, class text, score integer not null, clients integer not null, status text not null,
     decided_by text not null, reason text not null, created_at bigint not null, updated_at bigint not null,
     used_at bigint not null)`,
  `create table learned_feeds (gateway text primary key, epoch bigint not null, sequence bigint not null)`,
  `create index learned_votes_at on learned_votes (at)`,
  `create index learned_items_status on learned_items (gateway, status, updated_at desc, id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
