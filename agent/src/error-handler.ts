import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { MAX_BATCH_BYTES } from "../../contract/ingest.ts";
import { AgentError } from "./errors.ts";

/** One answer for whatever goes wrong: code, message, what to do. Details only below 500. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asAgentError(error);
    const path = request.routeOptions.url;
    if (known.status >= 500) request.log.error({ err: error, path }, "A request failed.");
    else request.log.debug({ code: known.code, path }, "A request was refused.");
    return answer(reply, known);
  });
  app.setNotFoundHandler((_request, reply) => answer(reply, new AgentError("NOT_FOUND")));
}

function answer(reply: FastifyReply, error: AgentError): FastifyReply {
  if (error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
  if (error.status === 401) reply.header("www-authenticate", "Bearer");
  const body = { code: error.code, message: error.message, remedy: error.remedy };
  return reply.code(error.status).type("application/json; charset=utf-8").send({ error: body });
}

const RETRY_AFTER_S = 5;
/** The pool's own words, and SQLSTATE of a server that cannot be reached, starts, stops or has no connection left. */
const DOWN = /^(ECONN\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENOENT|08\w{3}|57P0\d|53300)$/;
const DOWN_WORDS = /^(Connection terminated|timeout exceeded when trying to connect)/;

function isStoreDown({ code, message }: FastifyError): boolean {
  return DOWN.test(code ?? "") || DOWN_WORDS.test(message);
}

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
