import { sql } from "kysely";
import type { Db } from "../store/db.ts";
import { forgetOldRequests, RING_KEPT_MS } from "../store/request-ring.ts";
import type { JobKind } from "./job-kind.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const EVERY_MS = MINUTE;

/** How long rows are kept after they served, and how many at most. */
export interface Retention {
  /** Resolved incidents with their actions, ended decisions. */
  historyMs: number;
  /** Raw events once they are correlated. */
  eventsMs: number;
  maxEvents: number;
  maxIncidents: number;
  maxLogPerIncident: number;
  maxNodes: number;
  maxConfigures: number;
  maxMarkers: number;
  maxChanges: number;
}

export function retentionOf(days: number): Retention {
  return {
    historyMs: days * DAY,
    eventsMs: Math.min(days * DAY, DAY),
    maxEvents: 200_000,
    maxIncidents: 20_000,
    maxLogPerIncident: 500,
    maxNodes: 1_000,
    maxConfigures: 20_000,
    maxMarkers: 20_000,
    maxChanges: 5_000,
  };
}

export function pruneJob(db: Db, retention: Retention): JobKind {
  return { kind: "prune", everyMs: EVERY_MS, run: () => prune(db, retention) };
}

/** Nothing that still has work to do is removed. */
export async function prune(db: Db, retention: Retention, now = Date.now()): Promise<void> {
  const history = now - retention.historyMs;
  const statements = [
    sql`delete from events where processed_at < ${now - retention.eventsMs}`,
    sql`delete from events where id in (
      select id from events where processed_at is not null order by processed_at desc offset ${retention.maxEvents})`,
    // A batch may be sent again as long as a node keeps it.
    sql`delete from ingest_batches where received_at < ${now - DAY}`,
    sql`delete from traffic where window_start < ${now - 2 * DAY}`,
    sql`delete from traffic_answers where slot_start < ${now - 2 * DAY}`,
    sql`delete from node_configures where at < ${now - 2 * DAY} or (gateway, at, node) in (
      select gateway, at, node from node_configures order by at desc offset ${retention.maxConfigures})`,
    sql`delete from decision_hits where window_start < ${now - 2 * DAY}`,
    sql`delete from model_calls where at < ${now - 2 * DAY}`,
    sql`delete from jobs where done_at < ${now - 10 * MINUTE}`,
    sql`delete from outbox where sent_at < ${now - DAY} or failed_at < ${now - 7 * DAY}`,
    sql`delete from slack_threads where created_at < ${history}`,
    sql`delete from decisions where ended_at < ${history}`,
    sql`delete from incidents where resolved_at < ${history}`,
    sql`delete from incidents where id in (
      select id from incidents where status = 'resolved' order by resolved_at desc offset ${retention.maxIncidents})`,
    sql`delete from incident_log where id in (
      select id from (
        select id, row_number() over (partition by incident_id order by id desc) as place from incident_log) as placed
      where place > ${retention.maxLogPerIncident})`,
    sql`delete from change_markers where at < ${history} or id in (
      select id from change_markers order by at desc offset ${retention.maxMarkers})`,
    sql`delete from configuration_changes where seen_at < ${history} or id in (
      select id from configuration_changes order by seen_at desc offset ${retention.maxChanges})`,
    // The one that is in force is seen again and again; of the others those stay between which a change is known.
    sql`delete from configurations where last_seen_at < ${history} and not exists (
      select 1 from configuration_changes as change
      where change.gateway = configurations.gateway and configurations.hash in (change.before_hash, change.after_hash))`,
    // Kong draws another name at each start.
    sql`delete from nodes where last_seen_at < ${now - 7 * DAY}`,
    sql`delete from nodes where (gateway, node) in (
      select gateway, node from nodes order by last_seen_at desc offset ${retention.maxNodes})`,
  ];
  for (const statement of statements) await statement.execute(db);
  await forgetOldRequests(db, now - RING_KEPT_MS);
}
