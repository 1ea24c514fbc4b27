import type { FastifyInstance } from "fastify";
import { exportDocument, loadDocument, parseDocument } from "./document.ts";
import { ENTITY_TYPES } from "./entities.ts";
import { AdminError } from "./errors.ts";
import { isRecord, type Value } from "./field.ts";
import type { Gateway } from "./gateway.ts";

type Post = { Body: unknown; Querystring: { check_hash?: string; flatten_errors?: string } };

function withoutDatabase(gateway: Gateway): void {
  if (!gateway.database) return;
  const message = "this endpoint is only available when Kong is configured to not use a database";
  throw new AdminError(400, { message });
}

/** The document may be the body, or a string in its `config` field. */
function readDocument(body: unknown): { document: Value; text: string } {
  if (isRecord(body) && body._format_version !== undefined) return { document: body, text: JSON.stringify(body) };
  const text = isRecord(body) ? body.config : body;
  if (typeof text !== "string" || text === "") {
    throw new AdminError(400, { message: "expected a declarative configuration" });
  }
  return { document: parseDocument(text), text };
}

function byId(gateway: Gateway): Value {
  const tables = ENTITY_TYPES.map((type) => {
    const rows = gateway.store.all(type.name);
    return [type.name, Object.fromEntries(rows.map((entity) => [entity.id, entity]))] as const;
  });
  return Object.fromEntries(tables.filter(([, rows]) => Object.keys(rows).length > 0));
}

/** The whole configuration as one document, for nodes without a database. */
export function registerDocumentRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get("/config", () => {
    withoutDatabase(gateway);
    return { config: exportDocument(gateway) };
  });
  app.post<Post>("/config", async ({ body, query }, reply) => {
    withoutDatabase(gateway);
    const { document, text } = readDocument(body);
    const before = gateway.configurationHash;
    if (query.check_hash === "1" && before === gateway.hashOf(text)) return reply.code(304).send();
    await loadDocument(gateway, document);
    gateway.configurationHash = gateway.hashOf(text);
    await gateway.publish();
    return reply.code(201).send(byId(gateway));
  });
}
