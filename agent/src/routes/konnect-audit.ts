import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance } from "fastify";
import type { AppOptions } from "../app.ts";
import { createAdminClient } from "../drivers/admin-client.ts";
import { AgentError } from "../errors.ts";
import { redactText } from "../redaction/index.ts";
import { readAuditKeys, readAuditLog } from "../rollback/history/konnect-audit.ts";
import { addMarkerOnce } from "../store/history.ts";

export const AUDIT_LOG_PATH = "/v1/konnect/audit-logs";
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_TEXT = 16 * 1024 * 1024;
const MAX_KEPT = 1_000;
const KEYS_FOR_MS = 10 * 60_000;
const inflate = promisify(gunzip);

/** Takes Konnect's audit log webhook, whose `authorization` is `Bearer` and a token of scope `ci`: who changed the control plane becomes a marker. */
export function konnectAuditRoute(app: FastifyInstance, options: AppOptions): void {
  const { config, store, log } = options;
  const { KONNECT_CONTROL_PLANE_ID: controlPlane, GATEWAY_NAME: gateway } = config;
  if (controlPlane === undefined) return;
  const keys = keysOf(options);
  // Lines of text, compressed, under types that say neither.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.route({
    method: "POST",
    url: AUDIT_LOG_PATH,
    bodyLimit: MAX_BYTES,
    config: { access: ["ci"] },
    schema: { hide: true },
    handler: async (request, reply) => {
      const text = await textOf(request.body);
      const { entries, refused } = readAuditLog(text, controlPlane, await keys());
      if (refused > 0) log.warn({ refused }, "Lines of Konnect's audit log have no signature of Konnect's");
      for (const { at, principal, method, path } of entries.slice(0, MAX_KEPT)) {
        const said = { actor: `konnect ${redactText(principal)}`, note: redactText(`${method} ${path}`) };
        await addMarkerOnce(store.db, { gateway, at, sha: null, ...said, source: "konnect" }, 0);
      }
      return reply.code(202).send({ kept: Math.min(entries.length, MAX_KEPT), refused });
    },
  });
}

async function textOf(body: unknown): Promise<string> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString("utf8");
  try {
    return (await inflate(bytes, { maxOutputLength: MAX_TEXT })).toString("utf8");
  } catch {
    throw new AgentError("INVALID_REQUEST", { problems: "the body cannot be decompressed" });
  }
}

/** Konnect's public keys, asked for when they are needed. */
function keysOf({ config }: AppOptions): () => Promise<KeyObject[]> {
  const url = config.KONNECT_URL ?? `https://${config.KONNECT_REGION}.api.konghq.com`;
  const authorization = { token: `Bearer ${config.KONNECT_TOKEN}`, tokenHeader: "authorization" };
  const client = createAdminClient({ url, name: "KONNECT_URL", ...authorization });
  let known: { keys: KeyObject[]; until: number } | null = null;
  return async () => {
    if (known !== null && Date.now() < known.until) return known.keys;
    try {
      const keys = readAuditKeys(await client.request("GET", "/v2/audit-log-webhook/jwks.json"));
      known = { keys, until: Date.now() + KEYS_FOR_MS };
      return keys;
    } catch (cause) {
      throw new AgentError("KEYS_UNKNOWN", {}, { cause, retryAfter: 30 });
    }
  };
}
