import { z } from "zod";
import { CATEGORIES, CLASSES, VERDICTS } from "../../../contract/categories.ts";
import {
  ANSWER_SOURCES,
  type Batch,
  type EventRecord,
  LATENCY_BUCKETS,
  MAX_ANSWERS,
  MAX_BATCH_RECORDS,
  MAX_SAMPLED,
  SUBJECT_KINDS,
} from "../../../contract/ingest.ts";
import { BASELINES_AT_ONCE, MAX_LOGINS } from "../../../contract/learning.ts";
import { AgentError } from "../errors.ts";
import { canonicalAddress } from "../feed/address.ts";
import { baselineSchema, loginPathSchema } from "../learning/baseline-schema.ts";
import { redactText } from "../redaction/index.ts";

const MAX_COUNT = 1e12;
const count = z.number().min(0).max(MAX_COUNT).transform(Math.floor);
const time = z.number().min(0).max(1e11);
const name = z.string().min(1).max(128);
/** Free text is cut rather than refused: a long path must not cost a batch. */
const text = (limit: number) => z.string().transform((value) => redactText(value.slice(0, limit)));
const identifier = z.string().max(128);
const list = <Item extends z.ZodType>(item: Item, limit: number) =>
  z
    .array(z.unknown())
    .transform((items) => items.slice(0, limit))
    .pipe(z.array(item));

const address = z
  .string()
  .max(64)
  .transform((value, context) => {
    const canonical = canonicalAddress(value);
    if (canonical !== null) return canonical;
    context.addIssue({ code: "custom", message: "is not an IP address" });
    return z.NEVER;
  });

const scope = z.object({
  route_id: identifier.optional(),
  route_name: text(128).optional(),
  service_id: identifier.optional(),
  service_name: text(128).optional(),
});

const subject = z.object({ kind: z.enum(SUBJECT_KINDS), value: z.string().max(256) }).transform((value, context) => {
  if (value.kind !== "ip") return value;
  const canonical = canonicalAddress(value.value);
  if (canonical === null) context.addIssue({ code: "custom", message: "is not an IP address", path: ["value"] });
  return { kind: value.kind, value: canonical ?? "" };
});

const sample = z.object({
  at: time,
  ip: address,
  method: text(32),
  path: text(512),
  user_agent: text(256),
  status: count,
  score: z.number().min(0).max(100),
  field: text(128).optional(),
  window: text(200).optional(),
});

const window = { id: name, window_start: time, window_s: z.number().positive().max(86_400) };

const incident = z.object({
  ...window,
  type: z.literal("incident"),
  category: z.enum(CATEGORIES),
  class: z.enum(CLASSES).optional(),
  detector: z.string().max(64),
  subject,
  scope,
  mode: z.enum(["monitor", "enforce"]),
  first_at: time,
  last_at: time,
  requests: count,
  passed: count,
  stopped: count,
  failures: count,
  distinct_users: count,
  distinct_ips: count,
  good: count,
  score: z.number().min(0).max(100),
  verdict: z.enum(VERDICTS),
  configured_at: time.optional(),
  reasons: list(text(200), 5),
  samples: list(sample, 3),
  sources: list(z.object({ ip: address, count }), 20),
});

const status = z.number().int().min(0).max(999);
const answer = z.object({ source: z.enum([...ANSWER_SOURCES, "other"]), status, count });
const histogram = z.array(count).length(LATENCY_BUCKETS);

const traffic = z.object({
  ...window,
  type: z.literal("traffic"),
  scope,
  requests: count,
  suspicious: count,
  suspicious_denied: count.optional(),
  stopped: count,
  clean: count,
  clean_ok: count,
  clean_denied: count,
  errors_service: count,
  errors_gateway: count,
  unsampled: count.optional(),
  uninspected: count.optional(),
  answers: list(answer, MAX_ANSWERS + 1).optional(),
  upstream_ms: histogram.optional(),
  total_ms: histogram.optional(),
});

const names = (limit: number) => list(text(64), limit);

const request = z.object({
  at: time,
  method: text(32),
  path: text(512),
  route_id: identifier.optional(),
  service_id: identifier.optional(),
  ip: address,
  consumer: identifier.optional(),
  credential: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/)
    .optional(),
  agent: text(64).optional(),
  query: names(20),
  headers: names(40),
  host: text(255).optional(),
  content_type: text(128).optional(),
  body_bytes: count,
  status,
  source: z.enum(ANSWER_SOURCES),
  verdict: z.enum(VERDICTS),
  category: z.enum(CATEGORIES).optional(),
  latency_ms: count,
});

const requests = z.object({
  ...window,
  type: z.literal("requests"),
  weight: z.number().min(1).max(MAX_COUNT),
  requests: list(request, MAX_SAMPLED),
});

const decisionHits = z.object({
  ...window,
  type: z.literal("decision_hits"),
  hits: list(z.object({ decision: name, count }), 1_000),
});

/** One word of printable ASCII: in the feed of what was learned white space separates. */
const word = z
  .string()
  .max(128)
  .regex(/^[!-~]+$/);
const payloadScore = z.number().int().min(0).max(100);

const vote = z.object({
  kind: z.enum(["signature", "score"]),
  route_id: word,
  field: word.optional(),
  signature: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
  class: z.enum(CLASSES).optional(),
  score: payloadScore,
  voter: word,
  network: word,
  consumer: z.boolean(),
});

const limits = z.object({
  block: payloadScore,
  max_threshold: payloadScore,
  min_requests: count,
  stopped_share: z.number().min(0).max(1),
});

const learned = z.object({
  ...window,
  type: z.literal("learned"),
  scores: list(z.object({ route_id: word, buckets: z.array(count).length(21), limits }), 100),
  votes: list(vote, 200),
  used: list(z.object({ route_id: word, field: word, signature: z.string().regex(/^[0-9a-f]{8}$/) }), 100),
  baselines: list(baselineSchema, BASELINES_AT_ONCE).optional(),
  logins: list(loginPathSchema, MAX_LOGINS).optional(),
});

const health = z.object({
  dropped_records: count,
  rejected_batches: count,
  fail_open: count,
  feed_epoch: count,
  feed_sequence: count,
  feed_rejected: count,
  uninspected: z.record(z.string().max(32), count).optional(),
  queue_depth: count,
  shared_dict: z.boolean(),
  plugin_version: z.string().max(64),
  decisions_refused: count.optional(),
  configured_at: time.optional(),
  configures: count.optional(),
});

const batch = z.object({
  version: z.literal(1),
  gateway: name,
  node: name,
  batch: name,
  sent_at: time,
  health,
  records: z
    .array(z.discriminatedUnion("type", [incident, traffic, decisionHits, learned, requests]))
    .max(MAX_BATCH_RECORDS),
});

/** Throws `BATCH_MALFORMED`, naming the first few problems by their place, never by their value. */
export function parseBatch(body: Buffer): Batch {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: false }).decode(body));
  } catch {
    throw new AgentError("BATCH_MALFORMED", { problems: "it is not JSON" });
  }
  const result = batch.safeParse(value);
  if (result.success) return { ...result.data, records: result.data.records as EventRecord[] } as Batch;
  const problems = result.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw new AgentError("BATCH_MALFORMED", { problems: problems.join("; ") });
}
