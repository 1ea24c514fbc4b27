import { hasKeys } from "./agent-keys.ts";
import type { Config } from "./configure.ts";
import { feedPosition } from "./decision-store.ts";
import { randomHex } from "./digest.ts";
import { describeAnswer, type HttpResponse, type HttpTarget, request } from "./http-client.ts";
import { countHealth, describeHealth } from "./node-health.ts";
import { logOccasionally, logOver } from "./occasional-log.ts";
import { formatBatch, type PendingBatch, splitBatch, takeBatch } from "./report-batch.ts";
import type { RecordQueue } from "./report-queue.ts";

/** Brings batches to one agent, in order, until nothing is left or the agent has to be tried again later. */
export interface ReportTarget {
  gateway: string;
  agent: Config["agent"];
  http: HttpTarget;
  queue: RecordQueue;
  /** Batches that were sent and have to be sent again, and the halves of one that was too large; the next one last. */
  pending: PendingBatch[];
  /** Of the batch that is next. */
  attempts: number;
  /** Epoch seconds before which nothing is sent: of the oldest record plus its wait, or of the next attempt. */
  dueAt: number;
  isBusy: boolean;
}

type Outcome = "accepted" | "final" | "too-large" | "again";

const FIRST_WAIT_S = 0.5;
const LONGEST_WAIT_S = 30;
const LONGEST_RETRY_AFTER_S = 300;
/** What waits while Kong cannot resolve the keys is looked at so often. */
const KEYLESS_S = 5;
const FINAL: Record<number, true> = { 400: true, 401: true, 403: true, 422: true };

export function depth(target: ReportTarget): number {
  let records = target.queue.count;
  for (const batch of target.pending) {
    records += batch.records.length;
  }
  return records;
}

function judge(response: HttpResponse | undefined): Outcome {
  if (response === undefined) {
    return "again";
  }
  if (response.status < 300) {
    return "accepted";
  }
  if (response.status === 413) {
    return "too-large";
  }
  return FINAL[response.status] === undefined ? "again" : "final";
}

/** Exponential, with jitter so that nodes do not return all at once; longer when the agent asks for it. */
function waitSeconds(attempts: number, response: HttpResponse | undefined): number {
  const wait = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(attempts, 10));
  const jitter = (tonumber(randomHex(2), 16) as number) / 65535;
  const asked = tonumber(response?.headers["retry-after"] ?? "0") ?? 0;
  return Math.max(wait * (0.5 + jitter / 2), Math.min(asked, LONGEST_RETRY_AFTER_S));
}

function explain(response: HttpResponse | undefined, failure: string | undefined): string {
  return response === undefined ? (failure ?? "no answer") : describeAnswer(response);
}

function dropBatch(target: ReportTarget, batch: PendingBatch, reason: string): void {
  countHealth("rejected_batches", 1);
  countHealth("dropped_records", batch.records.length);
  logOccasionally(
    ngx.ERR,
    "rejected",
    `the agent at ${target.agent.url} refused ${batch.records.length} records for good (${reason}). ` +
      "For 401 compare agent.key_id, agent.secret and the clocks; for 422 compare the versions of plugin and agent.",
  );
}

/** The batch that goes next: the last of `pending`, where it stays until the agent has answered for good. */
function nextBatch(target: ReportTarget): PendingBatch | undefined {
  const { pending } = target;
  if (pending.length === 0) {
    const [batch, dropped] = takeBatch(target.queue, target.agent.max_batch);
    countHealth("dropped_records", dropped);
    if (batch !== undefined) {
      pending.push(batch);
    }
  }
  return pending[pending.length - 1];
}

/** Whether to go on with the next batch. */
function settle(
  target: ReportTarget,
  batch: PendingBatch,
  response: HttpResponse | undefined,
  failure: string | undefined,
): boolean {
  const outcome = judge(response);
  if (outcome === "accepted") logOver("again", "reports to the agent again");
  if (outcome === "again") {
    target.dueAt = ngx.now() + waitSeconds(target.attempts, response);
    target.attempts += 1;
    logOccasionally(ngx.WARN, "again", `cannot report yet, will try again: ${explain(response, failure)}`);
    return false;
  }
  target.attempts = 0;
  table.remove(target.pending);
  if (outcome === "too-large" && batch.records.length > 1) {
    const [first, second] = splitBatch(batch);
    target.pending.push(second);
    target.pending.push(first);
  } else if (outcome !== "accepted") {
    dropBatch(target, batch, explain(response, failure));
  }
  return true;
}

function send(
  target: ReportTarget,
  batch: PendingBatch,
): LuaMultiReturn<[HttpResponse | undefined, (string | undefined)?]> {
  const { agent, gateway } = target;
  const position = feedPosition();
  const health = describeHealth(depth(target) - batch.records.length, position.epoch, position.sequence);
  const sender = {
    gateway,
    keyId: agent.key_id as string,
    secret: agent.secret as string,
    timeoutMs: agent.timeout_ms,
    verifyCertificate: agent.ssl_verify,
  };
  return request(target.http, formatBatch(batch, sender, health));
}

/** For a timer: it yields. */
export function drain(target: ReportTarget): void {
  if (!hasKeys(target.agent)) {
    target.dueAt = ngx.now() + KEYLESS_S;
    return;
  }
  while (true) {
    const batch = nextBatch(target);
    if (batch === undefined) {
      return;
    }
    const [response, failure] = send(target, batch);
    if (!settle(target, batch, response, failure)) {
      return;
    }
  }
}
