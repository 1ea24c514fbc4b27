import { createHmac, randomUUID } from "node:crypto";
import { FEED_PATH } from "../../contract/decision-feed.ts";
import {
  type Batch,
  type DecisionHitsRecord,
  type EventRecord,
  HEADER_BATCH,
  HEADER_KEY,
  HEADER_NODE,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  INGEST_PATH,
  type IncidentRecord,
  type LearnedRecord,
  type LearnedVote,
  type NodeHealth,
  type RequestDescriptor,
  type RequestsRecord,
  type TrafficRecord,
} from "../../contract/ingest.ts";
import { LEARNED_PATH } from "../../contract/learning.ts";

export interface SignedRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** What a gateway node sends, signed as the contract says and without the agent's own code. */
export class GatewayNode {
  readonly node: string;
  readonly gateway: string;
  readonly keyId: string;
  readonly secret: string;

  constructor(given: { node?: string; gateway?: string; keyId?: string; secret?: string } = {}) {
    this.node = given.node ?? "node-1";
    this.gateway = given.gateway ?? "default";
    this.keyId = given.keyId ?? "key-1";
    this.secret = given.secret ?? INGEST_SECRET;
  }

  batchOf(records: EventRecord[], id: string = randomUUID()): Batch {
    return { version: 1, gateway: this.gateway, node: this.node, batch: id, sent_at: epoch(), health: HEALTH, records };
  }

  ingest(batch: Batch): SignedRequest {
    return this.ingestText(JSON.stringify(batch), batch.batch);
  }

  ingestText(body: string, batch: string, timestamp = String(Math.floor(epoch()))): SignedRequest {
    const signature = this.#sign(["ingest", timestamp, this.node, batch, body]);
    const headers = {
      ...this.#headers(timestamp, signature),
      [HEADER_BATCH]: batch,
      "content-type": "application/json",
    };
    return { method: "POST", url: INGEST_PATH, headers, body };
  }

  /** The other document that is signed with the feed key. */
  learned(after = "0.0", timestamp = String(Math.floor(epoch()))): SignedRequest {
    const url = `${LEARNED_PATH}?gateway=${this.gateway}&after=${after}`;
    return { method: "GET", url, headers: this.#headers(timestamp, this.#sign(["feed", timestamp, this.node, url])) };
  }

  feed(after = "0.0", timestamp = String(Math.floor(epoch()))): SignedRequest {
    const url = `${FEED_PATH}?gateway=${this.gateway}&after=${after}`;
    return { method: "GET", url, headers: this.#headers(timestamp, this.#sign(["feed", timestamp, this.node, url])) };
  }

  #headers(timestamp: string, signature: string): Record<string, string> {
    return {
      [HEADER_NODE]: this.node,
      [HEADER_KEY]: this.keyId,
      [HEADER_TIMESTAMP]: timestamp,
      [HEADER_SIGNATURE]: signature,
    };
  }

  #sign(parts: string[]): string {
    return `v1=${createHmac("sha256", this.secret).update(parts.join("\n")).digest("hex")}`;
  }
}

export const INGEST_SECRET = "an ingest secret of the tests";
export const FEED_SECRET = "a feed secret of the tests";

const HEALTH: NodeHealth = {
  dropped_records: 0,
  rejected_batches: 0,
  fail_open: 0,
  feed_epoch: 0,
  feed_sequence: 0,
  feed_rejected: 0,
  queue_depth: 0,
  shared_dict: true,
  plugin_version: "0.1.0",
};

const epoch = () => Date.now() / 1000;

export function incidentRecord(given: Partial<IncidentRecord> = {}): IncidentRecord {
  const at = epoch();
  return {
    type: "incident",
    id: randomUUID(),
    category: "payload_injection",
    class: "sqli",
    detector: "payload",
    subject: { kind: "ip", value: "203.0.113.7" },
    scope: { route_id: "route-1", route_name: "orders" },
    mode: "enforce",
    window_start: at,
    window_s: 10,
    first_at: at,
    last_at: at,
    requests: 5,
    passed: 1,
    stopped: 4,
    failures: 0,
    distinct_users: 0,
    distinct_ips: 1,
    good: 0,
    score: 80,
    verdict: "block",
    reasons: ["a quote followed by a keyword"],
    samples: [],
    sources: [],
    ...given,
  };
}

export function trafficRecord(given: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    type: "traffic",
    id: randomUUID(),
    scope: { route_id: "route-1", route_name: "orders" },
    window_start: Math.floor(epoch()),
    window_s: 1,
    requests: 10,
    suspicious: 2,
    stopped: 3,
    clean: 5,
    clean_ok: 4,
    clean_denied: 1,
    errors_service: 0,
    errors_gateway: 0,
    ...given,
  };
}

export function requestDescriptor(given: Partial<RequestDescriptor> = {}): RequestDescriptor {
  return {
    at: epoch(),
    method: "GET",
    path: "/orders",
    route_id: "route-1",
    ip: "203.0.113.7",
    query: ["q"],
    headers: ["accept"],
    body_bytes: 0,
    status: 200,
    source: "service",
    verdict: "allow",
    latency_ms: 12,
    ...given,
  };
}

export function requestsRecord(requests: RequestDescriptor[], weight = 1): RequestsRecord {
  return { type: "requests", id: randomUUID(), window_start: epoch(), window_s: 5, weight, requests };
}

export function hitsRecord(decision: string, count: number): DecisionHitsRecord {
  return {
    type: "decision_hits",
    id: randomUUID(),
    window_start: Math.floor(epoch()),
    window_s: 1,
    hits: [{ decision, count }],
  };
}

export function signatureVote(given: Partial<LearnedVote> = {}): LearnedVote {
  return {
    kind: "signature",
    route_id: "route-1",
    field: "json:note",
    signature: "0a1b2c3d",
    class: "sqli",
    score: 75,
    voter: randomUUID(),
    network: randomUUID(),
    consumer: true,
    ...given,
  };
}

export function scoreVote(given: Partial<LearnedVote> = {}): LearnedVote {
  const { field: _field, signature: _signature, class: _class, ...vote } = signatureVote();
  return { ...vote, kind: "score", ...given };
}

export function learnedRecord(given: Partial<LearnedRecord> = {}): LearnedRecord {
  const at = epoch();
  return {
    type: "learned",
    id: randomUUID(),
    window_start: at,
    window_s: 5,
    scores: [],
    votes: [],
    used: [],
    ...given,
  };
}

/** So many requests of a route, all without any sign. */
export function cleanRequests(count: number, routeId = "route-1"): LearnedRecord["scores"][number] {
  const buckets = [count, ...new Array<number>(20).fill(0)];
  return {
    route_id: routeId,
    buckets,
    limits: { block: 70, max_threshold: 85, min_requests: 2000, stopped_share: 0.001 },
  };
}
