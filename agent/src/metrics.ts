import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Labels take values from short lists only (results, kinds, routes as declared), never what a client sends. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers });
  return {
    registry,
    ingestBatches: counter("tr_ingest_batches_total", "Batches received, by result.", ["result"]),
    ingestRecords: counter("tr_ingest_records_total", "Records taken in, by type.", ["type"]),
    incidentsNew: counter("tr_incidents_opened_total", "Incidents opened, by category.", ["category"]),
    incidentsCollapsed: counter("tr_incidents_collapsed_total", "Records that joined a distributed incident at a cap."),
    incidentsOpen: gauge("tr_incidents_open", "Incidents that are not resolved."),
    decisionsOn: gauge("tr_decisions_on", "Decisions in force."),
    decisionsDropped: gauge("tr_feed_decisions_left_out", "Decisions in force that the feed's limit left out."),
    feedSequence: gauge("tr_feed_sequence", "Sequence of the decision feed."),
    feedRequests: counter("tr_feed_requests_total", "Polls of the decision feed, by result.", ["result"]),
    eventsWaiting: gauge("tr_events_waiting", "Events that correlation has not taken in yet."),
    jobsWaiting: gauge("tr_jobs_waiting", "Jobs that wait or run, by kind.", ["kind"]),
    outboxWaiting: gauge("tr_outbox_waiting", "Notifications that wait."),
    nodesSeen: gauge("tr_nodes_seen", "Gateway nodes that reported within the last minute."),
    gatewayAlarms: counter("tr_gateway_alarms_total", "Writes that the gateway does not follow."),
    jobFailures: counter("tr_job_failures_total", "Runs of jobs that failed, by kind.", ["kind"]),
    jobSeconds: new Histogram({
      name: "tr_job_seconds",
      help: "Time of one run of a job, by kind.",
      labelNames: ["kind"],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    httpSeconds: new Histogram({
      name: "tr_http_request_seconds",
      help: "Time of one answer, by route as declared, method and status class.",
      labelNames: ["route", "method", "status"],
      buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
