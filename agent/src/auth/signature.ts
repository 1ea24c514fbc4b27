import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import {
  CLOCK_SKEW_S,
  HEADER_BATCH,
  HEADER_KEY,
  HEADER_NODE,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
} from "../../../contract/ingest.ts";
import type { IngestKey } from "../config.ts";
import { AgentError } from "../errors.ts";

const NAME = /^[\x21-\x7e]{1,128}$/;
const TIMESTAMP = /^\d{1,12}$/;
const SIGNATURE = /^v1=([0-9a-f]{64})$/;

/** What a node says about a request, of which only `signature` is proof. */
export interface Claim {
  key: IngestKey;
  node: string;
  timestamp: string;
  signature: Buffer;
}

/** Everything that can be refused before the body is read. */
export function readClaim(headers: IncomingHttpHeaders, keys: readonly IngestKey[], now = Date.now()): Claim {
  const node = take(headers, HEADER_NODE, NAME);
  const keyId = take(headers, HEADER_KEY, NAME);
  const timestamp = take(headers, HEADER_TIMESTAMP, TIMESTAMP);
  const signature = SIGNATURE.exec(take(headers, HEADER_SIGNATURE, SIGNATURE))![1]!;
  const key = keys.find((candidate) => candidate.id === keyId);
  if (!key || (key.nodes && !key.nodes.includes(node))) throw new AgentError("SIGNATURE_KEY_UNKNOWN");
  if (Math.abs(now / 1000 - Number(timestamp)) > CLOCK_SKEW_S) {
    throw new AgentError("SIGNATURE_STALE", { limit: CLOCK_SKEW_S });
  }
  return { key, node, timestamp, signature: Buffer.from(signature, "hex") };
}

export function readBatchId(headers: IncomingHttpHeaders): string {
  return take(headers, HEADER_BATCH, NAME);
}

/** `parts` are what is signed, joined by line feeds. */
export function checkSignature(claim: Claim, parts: readonly (string | Buffer)[]): void {
  const expected = sign(claim.key.secret, parts);
  if (!timingSafeEqual(expected, claim.signature)) throw new AgentError("SIGNATURE_WRONG");
}

export function sign(secret: string, parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac("sha256", secret);
  parts.forEach((part, index) => {
    if (index > 0) hmac.update("\n");
    hmac.update(part);
  });
  return hmac.digest();
}

function take(headers: IncomingHttpHeaders, name: string, form: RegExp): string {
  const value = headers[name];
  if (typeof value !== "string" || !form.test(value)) throw new AgentError("SIGNATURE_MISSING", { header: name });
  return value;
}
