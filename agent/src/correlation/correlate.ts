import type { IncidentRecord } from "../../../contract/ingest.ts";
import { counted } from "../counted.ts";
import type { JobKind } from "../jobs/job-kind.ts";
import { takeBaselines } from "../learning/take-baselines.ts";
import { takeLearned } from "../learning/take-learned.ts";
import type { Metrics } from "../metrics.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { markProcessed, type StoredEvent, waitingEvents } from "../store/events.ts";
import { appendIncidentLog, type Incident, updateIncident, upsertIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import { growthOf, laterLook } from "./growth.ts";
import { type Evidence, merge } from "./merge.ts";
import { rollUpHits, rollUpTraffic } from "./roll-up.ts";
import { Targets } from "./targets.ts";

const EVENTS_AT_ONCE = 250;

export interface CorrelationOptions {
  db: Db;
  metrics: Metrics;
  wake: () => void;
}

export function correlateJob(options: CorrelationOptions): JobKind {
  return {
    kind: "correlate",
    run: async (job) => {
      while ((await correlate(options, job.key)) === EVENTS_AT_ONCE) options.wake();
      options.wake();
    },
  };
}

/**
 * Takes waiting events into incidents and traffic, and asks for responses: all of it or, after a crash, none. One at a time per
 * gateway, on any number of replicas. Returns how many events it took in.
 */
export function correlate(options: CorrelationOptions, gateway: string, now = Date.now()): Promise<number> {
  return inTransaction(options.db, async (transaction) => {
    await holdLock(transaction, `correlate ${gateway}`);
    const events = await waitingEvents(transaction, gateway, EVENTS_AT_ONCE);
    const ofType = (type: string) => events.filter((event) => event.type === type);
    await takeIncidents(transaction, options.metrics, gateway, ofType("incident"), now);
    await rollUpTraffic(transaction, ofType("traffic"));
    await rollUpHits(transaction, ofType("decision_hits"));
    await takeLearned(transaction, gateway, ofType("learned"), now);
    await takeBaselines(transaction, gateway, ofType("learned"), now);
    await markProcessed(
      transaction,
      events.map((event) => event.id),
      now,
    );
    return events.length;
  });
}

interface Change {
  before: Incident | null;
  after: Incident;
}

async function takeIncidents(
  db: Db,
  metrics: Metrics,
  gateway: string,
  events: StoredEvent[],
  now: number,
): Promise<void> {
  const targets = new Targets(db, gateway);
  const changes = new Map<string, Change>();
  const all = events.map((event) => evidenceOf(gateway, event));
  await targets.read(all);
  for (const evidence of all) {
    const { incident, opened, collapsed } = await targets.of(evidence, now);
    if (collapsed) metrics.incidentsCollapsed.inc();
    const after = merge(incident, evidence, now);
    targets.keep(after);
    const known = changes.get(after.id);
    changes.set(after.id, { before: known ? known.before : opened ? null : incident, after });
  }
  for (const change of changes.values()) await keepIncident(db, metrics, change, now);
}

function evidenceOf(gateway: string, event: StoredEvent): Evidence {
  return { record: event.record as IncidentRecord, gateway, node: event.node, receivedAt: event.received_at };
}

async function keepIncident(db: Db, metrics: Metrics, { before, after }: Change, now: number): Promise<void> {
  const growth = growthOf(after, before, now);
  const look_at = growth === null ? laterLook(after, now) : null;
  const asked =
    growth === null
      ? { asked_at: look_at ?? after.asked_at }
      : { asked_at: now, asked_requests: after.counts.requests, asked_score: after.score };
  const state: Incident = { ...after, ...asked, status: after.status === "quiet" ? "open" : after.status };
  if (before === null) {
    metrics.incidentsNew.inc({ category: state.category });
    await upsertIncident(db, state);
  } else {
    // Only what correlation owns: a response may write its classification at the same time.
    const { id, classification, severity, confidence, ...owned } = state;
    await updateIncident(db, id, owned);
  }
  if (growth !== null)
    await appendIncidentLog(db, { ...describe(state, before, growth), incident_id: state.id, at: now });
  if (growth !== null || look_at !== null)
    await enqueueJob(db, { kind: "respond", key: state.id, run_at: look_at ?? now });
}

function describe(incident: Incident, before: Incident | null, growth: string) {
  const { requests, passed, stopped } = incident.counts;
  const where = incident.scope.route_name ?? incident.scope.route_id ?? "";
  const place = where === "" ? "" : ` on ${where}`;
  const counts = `${counted(requests, "request")}, ${passed} passed, ${stopped} stopped`;
  const text = `${incident.category} by ${incident.subject_kind} ${incident.subject_value}${place}: ${counts} (${growth})`;
  return { kind: before === null ? "opened" : "evidence", text, data: { ...incident.counts, score: incident.score } };
}
