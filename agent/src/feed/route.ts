import type { FastifyInstance } from "fastify";
import { FEED_PATH } from "../../../contract/decision-feed.ts";
import { HEADER_SIGNATURE } from "../../../contract/ingest.ts";
import type { AppOptions } from "../app.ts";
import { checkSignature, readClaim } from "../auth/signature.ts";
import { AgentError } from "../errors.ts";
import { noteSeen } from "../store/nodes.ts";

/** A node that polls each second is written down this often. */
const NOTE_EVERY_MS = 15_000;
const MOST_NODES = 10_000;

/** `GET /feed/v1/decisions`: contract/decision-feed.ts says what it answers. */
export function feedRoute(app: FastifyInstance, options: AppOptions): void {
  const { config, feed: source, metrics } = options;
  const note = createNote(options);
  app.route<{ Querystring: { gateway?: string; after?: string } }>({
    method: "GET",
    url: FEED_PATH,
    config: { access: "signed" },
    schema: { hide: true },
    handler: async (request, reply) => {
      const claim = readClaim(request.headers, config.INGEST_KEYS ?? []);
      checkSignature(claim, ["feed", claim.timestamp, claim.node, request.url]);
      if (request.query.gateway !== config.GATEWAY_NAME) throw new AgentError("BATCH_MISMATCH", { member: "gateway" });
      await note(claim.node, claim.key.id);
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

/** Of a gateway without traffic nothing is reported: that its nodes are there is known by their polls. */
function createNote({ config, store }: AppOptions): (node: string, key_id: string) => Promise<void> {
  const noted = new Map<string, number>();
  return async (node, key_id) => {
    const now = Date.now();
    if (now - (noted.get(node) ?? 0) < NOTE_EVERY_MS) return;
    if (noted.size >= MOST_NODES) noted.clear();
    noted.set(node, now);
    const seen = { node, gateway: config.GATEWAY_NAME, key_id, last_seen_at: now };
    // Decisions are needed more than this is.
    await noteSeen(store.db, seen).catch(() => undefined);
  };
}

/** What does not read as `<epoch>.<sequence>` counts as having nothing. */
function isNewer([epoch, sequence]: [number, number], after: string | undefined): boolean {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(after ?? "");
  if (!match) return true;
  const known = Number(match[1]);
  return epoch > known || (epoch === known && sequence > Number(match[2]));
}
