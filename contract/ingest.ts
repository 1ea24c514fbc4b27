import type { CalibrationLimits, LearnedBaseline } from "./learning.ts";

/**
 * What a gateway node sends to the agent: `POST /ingest/v1/events`, one JSON `Batch` per request.
 *
 * Signed with the node's ingest key. The string that is signed with HMAC-SHA256 is
 * `"ingest\n" + timestamp + "\n" + node + "\n" + batch + "\n" + body`, and `x-tr-signature` carries
 * `"v1=" + lowercase hex`. `x-tr-timestamp` is the time of sending in whole seconds; a retry is signed anew but keeps its batch id,
 * so that the agent can answer `200 {"status":"duplicate"}` without taking it twice.
 *
 * The agent answers 202 `{"status":"accepted"}` only when the records are durable. 401 (unknown key, wrong signature, stale
 * timestamp), 413 (too large), 422 (malformed) are final: the node drops the batch and counts it. 429, 5xx and no answer are retried.
 */
export const INGEST_PATH = "/ingest/v1/events";
export const HEADER_NODE = "x-tr-node";
export const HEADER_KEY = "x-tr-key";
export const HEADER_TIMESTAMP = "x-tr-timestamp";
export const HEADER_BATCH = "x-tr-batch";
export const HEADER_SIGNATURE = "x-tr-signature";

/** Largest difference between a signature's timestamp and the receiver's clock, in seconds. */
export const CLOCK_SKEW_S = 300;
export const MAX_BATCH_BYTES = 1_048_576;
export const MAX_BATCH_RECORDS = 500;

/** What an incident record is about. `user` and `credential` values are keyed hashes, never clear text. */
export const SUBJECT_KINDS = ["ip", "user", "credential", "route", "gateway"] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface Subject {
  kind: SubjectKind;
  /** An address in text form, a keyed hash in hex, a route's id ("" where no route matched), or "*" for the gateway. */
  value: string;
}

/** Where it happened. Absent members are unknown, as for a request without a route. */
export interface Scope {
  route_id?: string;
  route_name?: string;
  service_id?: string;
  service_name?: string;
}

/** One request that served as evidence, redacted in the gateway. */
export interface Sample {
  /** Epoch seconds with fraction. */
  at: number;
  ip: string;
  method: string;
  /** Without the query, redacted. */
  path: string;
  user_agent: string;
  status: number;
  score: number;
  /** Where the evidence was, e.g. `query:q`, `json:user.name`, `header:cookie`. */
  field?: string;
  /** The redacted part of that field which scored, at most 160 bytes. */
  window?: string;
}

/** An address (or several) behind a record whose subject is not an address. */
export interface SourceCount {
  ip: string;
  count: number;
}

/** One record per node, category, subject and window; never one per request. */
export interface IncidentRecord {
  type: "incident";
  /** Unique and stable over retries: `<node>-<worker>-<counter>`. */
  id: string;
  category: string;
  class?: string;
  detector: string;
  subject: Subject;
  scope: Scope;
  /** `monitor` or `enforce`, as the plugin instance that saw it was configured. */
  mode: string;
  /** Epoch seconds. The window is `[window_start, window_start + window_s)`. */
  window_start: number;
  window_s: number;
  first_at: number;
  last_at: number;
  /** Requests that were evidence, of which `passed` reached the next plugin and `stopped` did not. */
  requests: number;
  passed: number;
  stopped: number;
  /** Failed logins among them. */
  failures: number;
  distinct_users: number;
  distinct_ips: number;
  /** Requests of the same address in the last minutes that were clean and succeeded: the good traffic behind it. */
  good: number;
  /** Highest request score, 0 to 100. */
  score: number;
  /** Strongest verdict given. */
  verdict: string;
  /** Epoch seconds when the gateway was last configured, where that may be the cause. */
  configured_at?: number;
  /** Short reasons in plain words, at most 5, redacted. */
  reasons: string[];
  /** At most 3. */
  samples: Sample[];
  /** At most 20, largest first. */
  sources: SourceCount[];
}

/**
 * Who gave an answer, as Kong tells it: the service, a plugin or the router (`exit`), or Kong itself for want of an answer (`error`). `own`: this
 * plugin ended the request, which is evidence of nothing.
 */
export const ANSWER_SOURCES = ["service", "exit", "error", "own"] as const;
export type AnswerSource = (typeof ANSWER_SOURCES)[number];

/** How many requests were answered so. `other` sums up what is beyond `MAX_ANSWERS`, with status 0. */
export interface AnswerCount {
  source: AnswerSource | "other";
  status: number;
  count: number;
}

export const MAX_ANSWERS = 12;

/** Buckets of a latency histogram: below 1 ms, then `[2^(i-1), 2^i)` ms, the last without an end. */
export const LATENCY_BUCKETS = 18;

/** Counts of all traffic of one route in one window: what effects are measured with. */
export interface TrafficRecord {
  type: "traffic";
  id: string;
  scope: Scope;
  window_start: number;
  window_s: number;
  requests: number;
  /** Evidence of an attack that reached the next plugin. */
  suspicious: number;
  /** Of these, answered 429 or 403 by another plugin: a mitigation caught what this plugin let through. */
  suspicious_denied?: number;
  /** Ended by this plugin (detector or decision). */
  stopped: number;
  /** No evidence and not ended by this plugin. */
  clean: number;
  /** Clean and answered below 400. */
  clean_ok: number;
  /** Clean and answered 429 or 403 by another plugin: legitimate requests that a mitigation may have hit. */
  clean_denied: number;
  /** Answered 500 and above, by response source. */
  errors_service: number;
  errors_gateway: number;
  /** Requests whose payload was not looked at because of `payload.sampling`. */
  unsampled?: number;
  /** Requests of which something could not be inspected: beyond a limit, over the budget, compressed and so on. */
  uninspected?: number;
  /** Most frequent first, at most `MAX_ANSWERS` and one of source `other`; their counts add up to `requests`. */
  answers?: AnswerCount[];
  /** Requests that were proxied, by what the service took to answer and by what the client waited for; `LATENCY_BUCKETS` numbers each. */
  upstream_ms?: number[];
  total_ms?: number[];
}

/** How often a decision took effect on this node in one window; of one with `log=1`, how often it would have. */
export interface DecisionHitsRecord {
  type: "decision_hits";
  id: string;
  window_start: number;
  window_s: number;
  hits: { decision: string; count: number }[];
}

/** A payload that scored, of a client that may be trusted so far: it says that this is usual here. One vote of each client counts. */
export interface LearnedVote {
  /** `signature`: this kind of value is usual in this field. `score`: usual requests of the route reach this score. */
  kind: "signature" | "score";
  route_id: string;
  /** Of a signature. */
  field?: string;
  signature?: string;
  class?: string;
  score: number;
  /** Keyed hashes: of the consumer or the address, and of its network. */
  voter: string;
  network: string;
  /** An authenticated consumer; else an address that has behaved well for long. */
  consumer: boolean;
}

/** What a node has learned in one window; the rules are in `learning.ts`. */
export interface LearnedRecord {
  type: "learned";
  id: string;
  window_start: number;
  window_s: number;
  /** Requests of trusted clients by payload score, in steps of 5 from 0, and what their route's instance asks for: at most 100 routes. */
  scores: { route_id: string; buckets: number[]; limits: CalibrationLimits }[];
  /** At most 200. */
  votes: LearnedVote[];
  /** Approved signatures that were met, at most 100. */
  used: { route_id: string; field: string; signature: string }[];
  /** Now and then some of what routes and services usually get, at most `BASELINES_AT_ONCE`, and all paths that were learned to be logins. */
  baselines?: LearnedBaseline[];
  logins?: string[];
}

/** A recent request, as plans are tried out on: without values, redacted in the gateway. */
export interface RequestDescriptor {
  /** Epoch seconds with fraction. */
  at: number;
  method: string;
  /** Without the query, redacted. */
  path: string;
  route_id?: string;
  service_id?: string;
  ip: string;
  /** Id of the consumer, where Kong or an earlier request told whose credential it is. */
  consumer?: string;
  /** Keyed hash of the credential as presented. */
  credential?: string;
  /** First product of the user agent (`Mozilla`, `curl`), redacted. */
  agent?: string;
  /** Names, redacted: at most 20 and 40. */
  query: string[];
  headers: string[];
  host?: string;
  /** Without parameters. */
  content_type?: string;
  /** As announced; 0 without a body. */
  body_bytes: number;
  status: number;
  source: AnswerSource;
  verdict: string;
  category?: string;
  latency_ms: number;
}

/** A sample of one worker's requests in one window: each stands for `weight` of them. */
export interface RequestsRecord {
  type: "requests";
  id: string;
  window_start: number;
  window_s: number;
  /** All requests of the window, divided by those in the sample; at least 1. */
  weight: number;
  /** At most `MAX_SAMPLED`. */
  requests: RequestDescriptor[];
}

export const MAX_SAMPLED = 60;

export type EventRecord = IncidentRecord | TrafficRecord | DecisionHitsRecord | LearnedRecord | RequestsRecord;

/** What the node says about itself with every batch. Counters run since the node started. */
export interface NodeHealth {
  dropped_records: number;
  rejected_batches: number;
  fail_open: number;
  feed_epoch: number;
  feed_sequence: number;
  feed_rejected: number;
  /** Single decisions of feeds that were taken. */
  decisions_refused?: number;
  /** Requests that could not be inspected to the end, by reason: `compressed`, `charset`, `beyond_limit`, `over_budget`, `mistyped`, `malformed`, `unreadable`, `streamed`. */
  uninspected?: Record<string, number>;
  queue_depth: number;
  shared_dict: boolean;
  plugin_version: string;
  /** Epoch seconds with fraction when Kong last applied a configuration with this plugin in it to the node, and how often to this worker since it started. */
  configured_at?: number;
  configures?: number;
}

export interface Batch {
  version: 1;
  gateway: string;
  node: string;
  batch: string;
  sent_at: number;
  health: NodeHealth;
  records: EventRecord[];
}
