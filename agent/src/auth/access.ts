import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiToken, Scope } from "../config.ts";
import { AgentError } from "../errors.ts";

/** Who may use a route: everybody, a node by its signature (checked in the route), or tokens of these scopes. */
export type Access = "public" | "signed" | readonly Scope[];

export const VIEWERS: Access = ["viewer", "operator"];
export const OPERATORS: Access = ["operator"];
export const EVERY_SCOPE: Access = ["viewer", "operator", "ci"];

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyInstance {
    /** Method and path of every route, as declared. */
    routeList(): string[];
  }
  interface FastifyRequest {
    /** The token's name, for the audit trail; "" where none is needed. */
    actor: string;
  }
}

/** A route without a rule cannot be registered; a request without the right is ended before its body is read. */
export function guardRoutes(app: FastifyInstance, tokens: readonly ApiToken[]): void {
  const list: string[] = [];
  app.decorate("routeList", () => list);
  app.decorateRequest("actor", "");
  app.addHook("onRoute", (route) => {
    if (!route.config?.access) throw new Error(`The route ${route.method} ${route.url} does not say who may use it.`);
    for (const method of [route.method].flat()) list.push(`${method} ${route.url}`);
  });
  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === "public" || access === "signed") return;
    const token = identify(request, tokens);
    if (!token) throw new AgentError("UNAUTHENTICATED");
    if (!access.includes(token.scope)) {
      throw new AgentError("FORBIDDEN", { scope: token.scope, allowed: access.join(", ") });
    }
    request.actor = token.name;
  });
}

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares with all, so that the time taken tells nothing. */
function identify(request: FastifyRequest, tokens: readonly ApiToken[]): ApiToken | undefined {
  const match = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? "");
  if (!match) return undefined;
  const digest = Buffer.from(hashToken(match[1]!), "hex");
  let found: ApiToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(digest, Buffer.from(token.sha256, "hex"))) found = token;
  }
  return found;
}
