import { Readable } from "node:stream";
import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { AUDIT_KINDS } from "../audit/append.ts";
import { auditLines } from "../audit/export.ts";
import { auditHead, listAudit } from "../audit/read.ts";
import { VIEWERS } from "../auth/access.ts";
import type { TypedApp } from "./typed-app.ts";

const query = z.strictObject({
  kind: z.enum(AUDIT_KINDS).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** The `next` of the page before. */
  before: z.coerce.number().int().min(1).optional(),
});

/** Rows exactly as they are chained, newest first; keep `head` elsewhere and nothing can be cut off unseen. */
export function auditRoute(app: TypedApp, { store: { db } }: AppOptions): void {
  app.get("/v1/audit", { config: { access: VIEWERS }, schema: { querystring: query } }, async ({ query }) => {
    const rows = await listAudit(db, query, query.limit);
    const next = rows.length < query.limit ? null : (rows.at(-1)?.sequence ?? null);
    return { audit: rows, next, head: await auditHead(db) };
  });

  /** For `threat-response audit verify FILE`, also while the agent runs on its embedded database. */
  app.get("/v1/audit/export", { config: { access: VIEWERS } }, (_request, reply) =>
    reply.type("application/x-ndjson").send(Readable.from(auditLines(db))),
  );
}
