import {
  HEADER_BATCH,
  HEADER_KEY,
  HEADER_NODE,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  INGEST_PATH,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  type NodeHealth,
} from "./contract/ingest.ts";
import { beginHmac, finishHmac, randomHex, updateHmac } from "./digest.ts";
import type { HttpRequest } from "./http-client.ts";
import { encodeJson } from "./json.ts";
import { nodeName } from "./node-identity.ts";
import { dropFirst, peek, type RecordQueue } from "./report-queue.ts";

/** One request to the agent: records that go, and are retried, together. */
export interface PendingBatch {
  /** Stays over retries, so that the agent takes it once. */
  id: string;
  /** JSON of each. */
  records: string[];
}

/** Room for what surrounds the records. */
const ENVELOPE_BYTES = 4096;
const ENCODE_BEFORE_YIELD = 50;
/** Some versions of nginx do not look at other events when the wait is 0. */
const PAUSE_S = 0.001;

/** Takes what fits into one request. A record that fits into none is dropped: the second value counts those. */
export function takeBatch(queue: RecordQueue, limit: number): LuaMultiReturn<[PendingBatch | undefined, number]> {
  const records: string[] = [];
  let bytes = ENVELOPE_BYTES;
  let dropped = 0;
  while (records.length < Math.min(limit, MAX_BATCH_RECORDS)) {
    const record = peek(queue);
    if (record === undefined) {
      break;
    }
    const encoded = encodeJson(record);
    const isTooLarge = ENVELOPE_BYTES + encoded.length > MAX_BATCH_BYTES;
    if (!isTooLarge && bytes + encoded.length >= MAX_BATCH_BYTES) {
      break;
    }
    // Something may have been dropped from the front while this worker did other things: only what was read goes.
    dropFirst(queue);
    if (isTooLarge) {
      dropped += 1;
    } else {
      records.push(encoded);
      bytes += encoded.length + 1;
    }
    if (records.length % ENCODE_BEFORE_YIELD === 0) {
      ngx.sleep(PAUSE_S);
    }
  }
  if (records.length === 0) {
    return $multi(undefined, dropped);
  }
  return $multi({ id: randomHex(16), records }, dropped);
}

/** Two batches of half the records each, with names of their own: the agent has taken neither. */
export function splitBatch(batch: PendingBatch): [PendingBatch, PendingBatch] {
  const half = Math.floor(batch.records.length / 2);
  const first: PendingBatch = { id: randomHex(16), records: [] };
  const second: PendingBatch = { id: randomHex(16), records: [] };
  for (const i of $range(1, batch.records.length)) {
    (i <= half ? first : second).records.push(batch.records[i - 1]);
  }
  return [first, second];
}

interface Sender {
  gateway: string;
  keyId: string;
  secret: string;
  timeoutMs: number;
  verifyCertificate: boolean;
}

/** The request as it is signed now. */
export function formatBatch(batch: PendingBatch, sender: Sender, health: NodeHealth): HttpRequest {
  const node = nodeName();
  const timestamp = string.format("%d", ngx.time());
  const head = encodeJson({
    version: 1,
    gateway: sender.gateway,
    node,
    batch: batch.id,
    sent_at: ngx.now(),
    health,
  });
  const body = `${string.sub(head, 1, -2)},"records":[${table.concat(batch.records, ",")}]}`;
  const hmac = beginHmac(sender.secret);
  updateHmac(hmac, `ingest\n${timestamp}\n${node}\n${batch.id}\n`);
  updateHmac(hmac, body);
  return {
    method: "POST",
    path: INGEST_PATH,
    headers: {
      "Content-Type": "application/json",
      [HEADER_NODE]: node,
      [HEADER_KEY]: sender.keyId,
      [HEADER_TIMESTAMP]: timestamp,
      [HEADER_BATCH]: batch.id,
      [HEADER_SIGNATURE]: `v1=${finishHmac(hmac)}`,
    },
    body,
    timeoutMs: sender.timeoutMs,
    totalMs: sender.timeoutMs * 5,
    verifyCertificate: sender.verifyCertificate,
    maxBodyBytes: 65_536,
  };
}
