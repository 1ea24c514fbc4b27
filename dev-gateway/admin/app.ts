import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { registerDocumentRoutes } from "./document-routes.ts";
import { registerEntityRoutes } from "./entity-routes.ts";
import { AdminError } from "./errors.ts";
import type { Gateway } from "./gateway.ts";
import { registerInformationRoutes } from "./information-routes.ts";

const LARGEST_BODY = 64 * 1024 * 1024;

function asJson(_request: FastifyRequest, body: string, done: (error: Error | null, value?: unknown) => void): void {
  try {
    const value: unknown = body === "" ? {} : JSON.parse(body);
    done(null, value);
  } catch {
    done(new AdminError(400, { message: "Cannot parse JSON body" }));
  }
}

/** Forms are what `curl -d` sends: dots nest, `[]` makes lists, numbers and booleans are read as such. */
export function fromForm(text: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, raw] of new URLSearchParams(text)) {
    const value = /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw === "true" ? true : raw === "false" ? false : raw;
    const names = key.replace(/\[\d*\]$/, "").split(".");
    const last = names.pop()!;
    const target = names.reduce<Record<string, unknown>>((at, name) => {
      at[name] ??= {};
      return at[name] as Record<string, unknown>;
    }, result);
    if (key.endsWith("]")) target[last] = [...((target[last] as unknown[]) ?? []), value];
    else target[last] = value;
  }
  return result;
}

function answerError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof AdminError) void reply.code(error.status).send(error.body);
  else void reply.code(500).send({ message: "An unexpected error occurred" });
}

export function buildAdmin(gateway: Gateway): FastifyInstance {
  const app = Fastify({ bodyLimit: LARGEST_BODY, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, asJson);
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, fromForm(body as string)),
  );
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: "Not found" }));
  registerInformationRoutes(app, gateway);
  registerDocumentRoutes(app, gateway);
  registerEntityRoutes(app, gateway);
  return app;
}
