import { type App, buildApp } from "../../agent/src/app.ts";
import { hashToken } from "../../agent/src/auth/access.ts";
import { type Config, readConfig, SCOPES, type Scope } from "../../agent/src/config.ts";
import { correlate } from "../../agent/src/correlation/correlate.ts";
import { AgentError } from "../../agent/src/errors.ts";
import { createLog } from "../../agent/src/log.ts";
import { createMetrics, type Metrics } from "../../agent/src/metrics.ts";
import type { ResponseEngine } from "../../agent/src/response-engine.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { FEED_SECRET, INGEST_SECRET } from "./gateway-node.ts";
import { openMemoryStore } from "./store.ts";

/** One token per scope, and the environment variables that know them. */
export const TOKENS: Record<Scope, string> = {
  viewer: "a viewer's token".replaceAll(" ", "-"),
  operator: "an operator's token".replaceAll(" ", "-"),
  ci: "a ci token".replaceAll(" ", "-"),
};

export function bearer(scope: Scope): { authorization: string } {
  return { authorization: `Bearer ${TOKENS[scope]}` };
}

export function testEnvironment(given: Record<string, string> = {}): Record<string, string> {
  return {
    PORT: "0",
    INGEST_KEYS: JSON.stringify([
      { id: "key-1", secret: INGEST_SECRET },
      { id: "key-2", secret: "another ingest secret", nodes: ["node-2"] },
    ]),
    FEED_SECRET,
    API_TOKENS: JSON.stringify(
      SCOPES.map((scope) => ({ name: `the ${scope}`, scope, sha256: hashToken(TOKENS[scope]) })),
    ),
    LOG_LEVEL: "silent",
    ...given,
  };
}

export interface TestAgent {
  app: App;
  config: Config;
  store: Store;
  metrics: Metrics;
  /** What the job does, until no event waits. */
  correlate(): Promise<void>;
  close(): Promise<void>;
}

/** The HTTP side and a real embedded store, without a response part and without jobs running by themselves. */
export async function openTestAgent(given: Record<string, string> = {}): Promise<TestAgent> {
  const config = readConfig(testEnvironment(given));
  const store = await openMemoryStore();
  const metrics = createMetrics();
  const wake = () => undefined;
  const log = createLog(config.LOG_LEVEL);
  const app = await buildApp({ config, store, log, metrics, engine: IDLE_ENGINE, wake });
  return {
    app,
    config,
    store,
    metrics,
    correlate: async () => {
      while ((await correlate({ db: store.db, metrics, wake }, config.GATEWAY_NAME)) > 0);
    },
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

const IDLE_ENGINE: ResponseEngine = {
  kinds: [],
  undo: () => Promise.reject(new AgentError("NOT_FOUND")),
  approve: () => Promise.reject(new AgentError("NOT_FOUND")),
  reject: () => Promise.reject(new AgentError("NOT_FOUND")),
  preview: () => Promise.reject(new AgentError("NOT_FOUND")),
  replay: () => Promise.reject(new AgentError("NOT_FOUND")),
  rotateProofKey: () => Promise.reject(new AgentError("PROOF_KEY_GIVEN")),
  undoRollback: () => Promise.reject(new AgentError("NOT_FOUND")),
  driver: async () => ({ name: "none", ok: true, detail: null, cannot: [] }),
  claude: { enabled: false, model: null },
  close: async () => undefined,
};
