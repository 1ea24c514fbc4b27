import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { MAX_BATCH_BYTES } from "../../contract/ingest.ts";
import { RefusedNodes } from "./auth/refused-nodes.ts";
import { AgentError } from "./errors.ts";
import type { Outage } from "./outage.ts";
import { isStoreDown } from "./store/store-down.ts";

/** One answer for whatever goes wrong: code, message, what to do. Details only below 500. What `outage` tells is not told again. */
export function answerErrors(app: FastifyInstance, outage?: Pick<Outage, "explains">): void {
  const refusedNodes = new RefusedNodes();
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asAgentError(error);
    const path = request.routeOptions.url;
    if (known.code === "STORE_DOWN" && outage?.explains(known.cause)) return answer(reply, known);
    if (known.status >= 500) request.log.error({ err: error, path }, "A request failed.");
    else if (isOfNode(request, known)) refusedNodes.tell(request.log, request.headers, known);
    else request.log.debug({ code: known.code, path }, "A request was refused.");
    return answer(reply, known);
  });
  app.setNotFoundHandler((_request, reply) => answer(reply, new AgentError("NOT_FOUND")));
}

/** What its operator has to mend; whoever is only asked to wait is not refused. */
function isOfNode({ routeOptions }: FastifyRequest, { status }: AgentError): boolean {
  return routeOptions.config.access === "signed" && status !== 413 && status !== 429;
}

function answer(reply: FastifyReply, error: AgentError): FastifyReply {
  if (error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
  if (error.status === 401) reply.header("www-authenticate", "Bearer");
  const body = { code: error.code, message: error.message, remedy: error.remedy };
  return reply.code(error.status).type("application/json; charset=utf-8").send({ error: body });
}

const RETRY_AFTER_S = 5;

function asAgentError(error: FastifyError): AgentError {
  if (error instanceof AgentError) return error;
  if (isStoreDown(error)) return new AgentError("STORE_DOWN", {}, { cause: error, retryAfter: RETRY_AFTER_S });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.slice(0, 3).map((issue) => `${issue.instancePath || "it"}: ${issue.message}`);
    return new AgentError("INVALID_REQUEST", { problems: problems.join("; ") });
  }
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return new AgentError("TOO_LARGE", { limit: MAX_BATCH_BYTES });
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new AgentError("UNSUPPORTED_MEDIA_TYPE");
  if (error.statusCode === 429) return new AgentError("TOO_MANY_REQUESTS", {}, { retryAfter: 60 });
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new AgentError("INVALID_REQUEST", { problems: error.code ?? "it could not be read" });
  }
  return new AgentError("INTERNAL", {}, { cause: error });
}
