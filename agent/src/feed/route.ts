import type { FastifyInstance } from "fastify";
import { FEED_PATH } from "../../../contract/decision-feed.ts";
import { HEADER_SIGNATURE } from "../../../contract/ingest.ts";
import type { AppOptions } from "../app.ts";
import { checkSignature, readClaim } from "../auth/signature.ts";
import { AgentError } from "../errors.ts";

/** `GET /feed/v1/decisions`: contract/decision-feed.ts says what it answers. */
export function feedRoute(app: FastifyInstance, options: AppOptions): void {
  const { config, feed: source, metrics } = options;
  app.route<{ Querystring: { gateway?: string; after?: string } }>({
    method: "GET",
    url: FEED_PATH,
    config: { access: "signed" },
    schema: { hide: true },
    handler: async (request, reply) => {
      const claim = readClaim(request.headers, config.INGEST_KEYS ?? []);
      checkSignature(claim, ["feed", claim.timestamp, claim.node, request.url]);
      if (request.query.gateway !== config.GATEWAY_NAME) throw new AgentError("BATCH_MISMATCH", { member: "gateway" });
      const feed = await source.current();
      reply.header("cache-control", "no-store");
      if (!isNewer([feed.epoch, feed.sequence], request.query.after)) {
        metrics.feedRequests.inc({ result: "unchanged" });
        return reply.code(304).send();
      }
      const body = await source.body(feed);
      metrics.feedRequests.inc({ result: "sent" });
      metrics.decisionsDropped.set(source.leftOut);
      return reply.header(HEADER_SIGNATURE, body.signature).type("text/plain; charset=utf-8").send(body.text);
    },
  });
}

/** What does not read as `<epoch>.<sequence>` counts as having nothing. */
function isNewer([epoch, sequence]: [number, number], after: string | undefined): boolean {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(after ?? "");
  if (!match) return true;
  const known = Number(match[1]);
  return epoch > known || (epoch === known && sequence > Number(match[2]));
}
