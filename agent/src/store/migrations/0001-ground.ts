import { type Kysely, sql } from "kysely";

const TABLES = [
  `create table ingest_batches (
     id text primary key, node text not null, received_at bigint not null)`,
  `create table events (
     id text primary key, gateway text not null, node text not null, key_id text not null, type text not null,
     record jsonb not null, received_at bigint not null, processed_at bigint)`,
  `create table nodes (
     node text not null, gateway text not null, key_id text not null, last_seen_at bigint not null, health jsonb not null,
     primary key (gateway, node))`,
  `create table incidents (
     id text primary key, gateway text not null, fingerprint text not null, category text not null, class text,
     subject_kind text not null, subject_value text not null, scope jsonb not null, status text not null,
     severity text not null, confidence double precision not null, mode text not null, score double precision not null,
     counts jsonb not null, sources jsonb not null, samples jsonb not null, nodes jsonb not null, reasons jsonb not null,
     classification jsonb, first_seen_at bigint not null, last_seen_at bigint not null, opened_at bigint not null,
     updated_at bigint not null, resolved_at bigint, asked_at bigint not null, asked_requests bigint not null,
     asked_score double precision not null)`,
  `create table incident_log (
     id bigint generated always as identity primary key,
     incident_id text not null references incidents (id) on delete cascade,
     at bigint not null, kind text not null, text text not null, data jsonb)`,
  `create table actions (
     id text primary key, idempotency_key text not null,
     incident_id text not null references incidents (id) on delete cascade,
     gateway text not null, type text not null, vehicle text not null, target jsonb not null, params jsonb not null,
     status text not null, reason text not null, created_at bigint not null, applied_at bigint, expires_at bigint,
     ended_at bigint, entity_id text, before_image jsonb, effect jsonb, error text)`,
  `create table decisions (
     id text primary key, gateway text not null, action text not null, kind text not null, value text not null,
     params jsonb not null, action_id text, incident_id text, created_by text not null, reason text not null,
     created_at bigint not null, expires_at bigint not null, ended_at bigint)`,
  `create table feeds (gateway text primary key, epoch bigint not null, sequence bigint not null)`,
  `create table traffic (
     gateway text not null, route_id text not null, window_start bigint not null, window_ms bigint not null,
     requests bigint not null, suspicious bigint not null, stopped bigint not null, clean bigint not null,
     clean_ok bigint not null, clean_denied bigint not null, errors_service bigint not null,
     errors_gateway bigint not null, primary key (gateway, route_id, window_start, window_ms))`,
  `create table decision_hits (
     decision_id text not null, window_start bigint not null, window_ms bigint not null, hits bigint not null,
     primary key (decision_id, window_start, window_ms))`,
  `create table jobs (
     id bigint generated always as identity primary key, kind text not null, key text not null, payload jsonb not null,
     run_at bigint not null, attempts integer not null, locked_until bigint, locked_by text, last_error text,
     done_at bigint)`,
  `create table outbox (
     id bigint generated always as identity primary key, channel text not null, dedupe_key text not null,
     payload jsonb not null, attempts integer not null, next_at bigint not null, sent_at bigint, failed_at bigint,
     last_error text)`,
];

const INDEXES = [
  `create index events_waiting on events (gateway, received_at) where processed_at is null`,
  `create index events_processed on events (processed_at) where processed_at is not null`,
  `create index ingest_batches_received on ingest_batches (received_at)`,
  `create unique index incidents_on on incidents (fingerprint) where status <> 'resolved'`,
  `create index incidents_seen on incidents (gateway, last_seen_at desc, id)`,
  `create index incident_log_incident on incident_log (incident_id, id)`,
  `create unique index actions_on on actions (idempotency_key) where status in ('planned', 'dry_run', 'applied')`,
  `create index actions_incident on actions (incident_id)`,
  `create index actions_created on actions (created_at desc, id)`,
  `create index decisions_on on decisions (gateway, expires_at) where ended_at is null`,
  `create index decisions_ended on decisions (ended_at) where ended_at is not null`,
  `create index decisions_action on decisions (action_id)`,
  `create index traffic_window on traffic (window_start)`,
  `create unique index jobs_waiting on jobs (kind, key) where done_at is null and locked_by is null`,
  `create index jobs_due on jobs (run_at) where done_at is null`,
  `create unique index outbox_once on outbox (channel, dedupe_key)`,
  `create index outbox_due on outbox (next_at) where sent_at is null and failed_at is null`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...INDEXES]) await sql.raw(statement).execute(db);
}
