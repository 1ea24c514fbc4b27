import type { FastifyInstance } from "fastify";
import { HEADER_SIGNATURE } from "../../../contract/ingest.ts";
import { LEARNED_PATH } from "../../../contract/learning.ts";
import type { AppOptions } from "../app.ts";
import { checkSignature, readClaim } from "../auth/signature.ts";
import { AgentError } from "../errors.ts";
import { learnedPosition } from "../store/learned.ts";
import { learnedBody } from "./feed-body.ts";

/** `GET /feed/v1/learned`: contract/learning.ts says what it answers. */
export function learnedFeedRoute(app: FastifyInstance, options: AppOptions): void {
  const { config, store } = options;
  app.route<{ Querystring: { gateway?: string; after?: string } }>({
    method: "GET",
    url: LEARNED_PATH,
    config: { access: "signed" },
    schema: { hide: true },
    handler: async (request, reply) => {
      const claim = readClaim(request.headers, config.INGEST_KEYS ?? []);
      checkSignature(claim, ["feed", claim.timestamp, claim.node, request.url]);
      const gateway = config.GATEWAY_NAME;
      if (request.query.gateway !== gateway) throw new AgentError("BATCH_MISMATCH", { member: "gateway" });
      const { epoch, sequence } = await learnedPosition(store.db, gateway);
      reply.header("cache-control", "no-store");
      if (request.query.after === `${epoch}.${sequence}`) return reply.code(304).send();
      const body = await learnedBody(store.db, gateway, config.FEED_SECRET ?? "");
      return reply.header(HEADER_SIGNATURE, body.signature).type("text/plain; charset=utf-8").send(body.text);
    },
  });
}
