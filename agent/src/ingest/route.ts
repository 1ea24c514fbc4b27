import type { FastifyInstance } from "fastify";
import { INGEST_PATH, MAX_BATCH_BYTES } from "../../../contract/ingest.ts";
import type { AppOptions } from "../app.ts";
import { type Claim, checkSignature, readBatchId, readClaim } from "../auth/signature.ts";
import { AgentError } from "../errors.ts";
import { parseBatch } from "./batch.ts";
import { KeyBudget } from "./key-budget.ts";
import { type BatchResult, takeIn } from "./take-in.ts";

const ANSWERS: Record<BatchResult, number> = { accepted: 202, duplicate: 200 };

/** `POST /ingest/v1/events`: contract/ingest.ts says what comes and what the node does with each answer. */
export function ingestRoute(app: FastifyInstance, options: AppOptions): void {
  const keys = options.config.INGEST_KEYS ?? [];
  const budget = new KeyBudget();
  const claims = new WeakMap<object, Claim>();
  // The signature covers the bytes, so they have to arrive untouched.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onError", async (_request, _reply, error) => {
    options.metrics.ingestBatches.inc({ result: error instanceof AgentError ? error.code : "error" });
  });
  app.route({
    method: "POST",
    url: INGEST_PATH,
    bodyLimit: MAX_BATCH_BYTES,
    config: { access: "signed" },
    schema: { hide: true },
    onRequest: async (request) => {
      claims.set(request, readClaim(request.headers, keys));
    },
    handler: async (request, reply) => {
      const claim = claims.get(request)!;
      const batchId = readBatchId(request.headers);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      checkSignature(claim, ["ingest", claim.timestamp, claim.node, batchId, body]);
      const retryAfter = budget.take(claim.key.id);
      if (retryAfter > 0) throw new AgentError("TOO_MANY_REQUESTS", {}, { retryAfter });
      const batch = parseBatch(body);
      if (batch.node !== claim.node) throw new AgentError("BATCH_MISMATCH", { member: "node" });
      if (batch.batch !== batchId) throw new AgentError("BATCH_MISMATCH", { member: "batch" });
      if (batch.gateway !== options.config.GATEWAY_NAME) throw new AgentError("BATCH_MISMATCH", { member: "gateway" });
      const result = await takeIn(options, batch, claim.key.id);
      options.metrics.ingestBatches.inc({ result });
      return reply.code(ANSWERS[result]).send({ status: result });
    },
  });
}
