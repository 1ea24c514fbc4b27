import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { jsonSchemaTransform, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { guardRoutes } from "./auth/access.ts";
import type { Config } from "./config.ts";
import { answerErrors } from "./error-handler.ts";
import { AgentError } from "./errors.ts";
import { FeedSource } from "./feed/body.ts";
import { feedRoute } from "./feed/route.ts";
import { ingestRoute } from "./ingest/route.ts";
import { learnedFeedRoute } from "./learning/feed-route.ts";
import { learnedRoutes } from "./learning/routes.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { Outage } from "./outage.ts";
import { forJson } from "./redaction/index.ts";
import { withoutPrefix } from "./registration/path-prefix.ts";
import type { ResponseEngine } from "./response-engine.ts";
import { actionRoutes } from "./routes/actions.ts";
import { allowRoutes } from "./routes/allow.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { auditRoute } from "./routes/audit.ts";
import { changeRoutes } from "./routes/changes.ts";
import { healthRoutes } from "./routes/health.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { killSwitchRoutes } from "./routes/kill-switch.ts";
import { konnectAuditRoute } from "./routes/konnect-audit.ts";
import { metricsRoute } from "./routes/metrics.ts";
import { openApiRoute } from "./routes/open-api.ts";
import { previewRoutes } from "./routes/previews.ts";
import { replayRoutes } from "./routes/replays.ts";
import { rollbackRoutes } from "./routes/rollbacks.ts";
import { statusRoute } from "./routes/status.ts";
import type { Store } from "./store/open.ts";
import { STORE } from "./store/store-down.ts";

export interface AppOptions {
  config: Config;
  store: Store;
  log: Log;
  metrics: Metrics;
  engine: ResponseEngine;
  feed: FeedSource;
  /** Of the store. */
  outage: Outage;
  /** Jobs were enqueued and committed. */
  wake: () => void;
}

/** What the app cannot make itself. */
type Given = Omit<AppOptions, "feed" | "outage"> & Partial<Pick<AppOptions, "outage">>;

export type App = FastifyInstance;

const MAX_BODY_BYTES = 65_536;
/** Of one client, to the routes that need a token. */
const REQUESTS_PER_MINUTE = 3_000;

/** Builds the HTTP side; listening is the caller's. */
export async function buildApp(given: Given): Promise<App> {
  const options: AppOptions = { outage: new Outage(given.log, STORE), ...given, feed: feedSourceOf(given) };
  const app: App = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 128 },
    rewriteUrl: ({ url = "/" }) => withoutPrefix(url, options.config.PATH_PREFIX),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => forJson);
  app.setReplySerializer((payload) => forJson(payload));
  answerErrors(app, options.outage);
  observe(app, options.metrics);
  await limitRate(app);
  guardRoutes(app, options.config.API_TOKENS ?? []);
  await app.register(swagger, {
    openapi: { info: { title: "kong-threat-response", version: "1" } },
    transform: jsonSchemaTransform,
  });
  for (const addRoute of [ingestRoute, feedRoute, learnedFeedRoute, konnectAuditRoute]) {
    await app.register((scope, _options, done) => {
      addRoute(scope, options);
      done();
    });
  }
  const typed = app.withTypeProvider<ZodTypeProvider>();
  healthRoutes(typed, options);
  metricsRoute(typed, options);
  statusRoute(typed, options);
  incidentRoutes(typed, options);
  actionRoutes(typed, options);
  allowRoutes(typed, options);
  learnedRoutes(typed, options);
  approvalRoutes(typed, options);
  previewRoutes(typed, options);
  replayRoutes(typed, options);
  changeRoutes(typed, options);
  rollbackRoutes(typed, options);
  auditRoute(typed, options);
  killSwitchRoutes(typed, options);
  openApiRoute(typed, options);
  return app;
}

function feedSourceOf({ config, store }: Given): FeedSource {
  return new FeedSource(store.db, config.GATEWAY_NAME, config.FEED_SECRET ?? "");
}

function observe(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onSend", async (_request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    reply.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    reply.header("referrer-policy", "no-referrer");
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    metrics.httpSeconds.observe({ route, method: request.method, status }, reply.elapsedTime / 1000);
  });
}

/** Before the guard, so that guessing tokens counts, too. Nodes have a budget of their own, after their signature. */
async function limitRate(app: App): Promise<void> {
  await app.register(rateLimit, { global: false });
  const limit = app.rateLimit({
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    allowList: (request) => typeof request.routeOptions.config.access === "string",
    errorResponseBuilder: (_request, { ttl }) =>
      new AgentError("TOO_MANY_REQUESTS", {}, { retryAfter: Math.ceil(ttl / 1000) }),
  });
  app.addHook("onRequest", limit);
}
