import { randomUUID } from "node:crypto";
import type { Category, PayloadClass } from "../../../contract/categories.ts";
import type { IncidentRecord, Sample, Scope, SourceCount, Subject } from "../../../contract/ingest.ts";
import type { Incident } from "../store/incidents.ts";
import type { IncidentCounts } from "../store/schema.ts";

/** More than a report lists: who is stopped is no longer reported, and others come to the top. */
export const MAX_SOURCES = 100;
const MAX_SAMPLES = 6;
const MAX_REASONS = 8;
const MAX_NODES = 50;
/** A node's clock may be wrong: what it says about when is believed within these bounds. */
const OLDEST_MS = 3_600_000;

export interface Evidence {
  record: IncidentRecord;
  gateway: string;
  node: string;
  receivedAt: number;
}

/** An incident without evidence, about `subject`; `merge` gives it some. */
export function openIncident(evidence: Evidence, subject: Subject, fingerprint: string, now: number): Incident {
  const { record } = evidence;
  return {
    id: randomUUID(),
    gateway: evidence.gateway,
    fingerprint,
    category: record.category as Category,
    class: null,
    subject_kind: subject.kind,
    subject_value: subject.value,
    scope: record.scope,
    status: "open",
    severity: "medium",
    confidence: 0.5,
    mode: "monitor",
    score: 0,
    counts: { requests: 0, passed: 0, stopped: 0, failures: 0, distinct_users: 0, distinct_ips: 0, good: 0 },
    sources: [],
    samples: [],
    nodes: [],
    reasons: [],
    classification: null,
    first_seen_at: timeOf(record.first_at, evidence.receivedAt),
    last_seen_at: timeOf(record.last_at, evidence.receivedAt),
    configured_at: null,
    opened_at: now,
    updated_at: now,
    resolved_at: null,
    asked_at: 0,
    asked_requests: 0,
    asked_score: 0,
  };
}

/** The incident with one more record in it. Everything that grows has a cap. */
export function merge(incident: Incident, evidence: Evidence, now: number): Incident {
  const { record, node, receivedAt } = evidence;
  const sources = mergeSources(incident.sources, sourcesOf(record));
  return {
    ...incident,
    class: classOf(incident, record),
    scope: commonScope(incident.scope, record.scope),
    mode: record.mode === "enforce" ? "enforce" : incident.mode,
    score: Math.max(incident.score, record.score),
    counts: mergeCounts(incident.counts, record, sources.length),
    sources: sources.slice(0, MAX_SOURCES),
    samples: bestSamples([...incident.samples, ...record.samples]),
    nodes: [...new Set([...incident.nodes, node])].slice(0, MAX_NODES),
    reasons: [...new Set([...incident.reasons, ...record.reasons])].slice(0, MAX_REASONS),
    first_seen_at: Math.min(incident.first_seen_at, timeOf(record.first_at, receivedAt)),
    last_seen_at: Math.max(incident.last_seen_at, timeOf(record.last_at, receivedAt)),
    configured_at: configuredAt(incident, record, receivedAt),
    updated_at: now,
  };
}

/** The first that any node said: what was configured while it went on is not its cause. */
function configuredAt(incident: Incident, record: IncidentRecord, receivedAt: number): number | null {
  if (incident.configured_at !== null || record.configured_at === undefined || record.configured_at === 0)
    return incident.configured_at;
  return Math.round(Math.min(receivedAt, record.configured_at * 1000));
}

function timeOf(seconds: number, receivedAt: number): number {
  return Math.round(Math.min(receivedAt, Math.max(receivedAt - OLDEST_MS, seconds * 1000)));
}

/** The class of the strongest record that named one. */
function classOf(incident: Incident, record: IncidentRecord): PayloadClass | null {
  const named = (record.class ?? null) as PayloadClass | null;
  if (incident.class === null || (named !== null && record.score > incident.score)) return named ?? incident.class;
  return incident.class;
}

/** What all evidence has in common. */
function commonScope(one: Scope, other: Scope): Scope {
  const common: Scope = {};
  for (const name of ["route_id", "route_name", "service_id", "service_name"] as const) {
    const value = one[name];
    if (value !== undefined && value === other[name]) common[name] = value;
  }
  return common;
}

/** Requests add up. Distinct users and addresses of several windows overlap: the number is "at least so many". */
function mergeCounts(counts: IncidentCounts, record: IncidentRecord, sources: number): IncidentCounts {
  return {
    requests: counts.requests + record.requests,
    passed: counts.passed + record.passed,
    stopped: counts.stopped + record.stopped,
    failures: counts.failures + record.failures,
    distinct_users: Math.max(counts.distinct_users, record.distinct_users),
    distinct_ips: Math.max(counts.distinct_ips, record.distinct_ips, sources),
    good: Math.max(counts.good, record.good),
  };
}

function sourcesOf(record: IncidentRecord): SourceCount[] {
  if (record.subject.kind !== "ip") return record.sources;
  return [{ ip: record.subject.value, count: record.requests }];
}

function mergeSources(one: SourceCount[], other: SourceCount[]): SourceCount[] {
  const counts = new Map<string, number>();
  for (const { ip, count } of [...one, ...other]) counts.set(ip, (counts.get(ip) ?? 0) + count);
  return [...counts].map(([ip, count]) => ({ ip, count })).sort((left, right) => right.count - left.count);
}

/** The highest scores, the latest among equals. */
function bestSamples(samples: Sample[]): Sample[] {
  return samples.sort((one, other) => other.score - one.score || other.at - one.at).slice(0, MAX_SAMPLES);
}
