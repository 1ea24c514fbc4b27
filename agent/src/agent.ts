import type { AddressInfo } from "node:net";
import { type App, buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { createEngine } from "./create-engine.ts";
import { GATEWAY } from "./drivers/gateway-down.ts";
import { ownJobs } from "./jobs/index.ts";
import { JobRunner } from "./jobs/runner.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Outage } from "./outage.ts";
import { RECONCILE_JOB } from "./reconciliation/reconcile.ts";
import type { ResponseEngine } from "./response-engine.ts";
import { endLeases } from "./store/jobs.ts";
import { openStore, type Store } from "./store/open.ts";
import { STORE } from "./store/store-down.ts";

export interface Agent {
  /** Where it listens. */
  url: string;
  store: Store;
  app: App;
  /** Takes nothing more in, ends what runs, closes the store. */
  close(): Promise<void>;
}

/** The whole agent: store, jobs, HTTP. */
export async function startAgent(config: Config, log: Log): Promise<Agent> {
  // The pool makes another connection; should the database be away, the next who asks it says so.
  const onBroken = ({ message }: Error) => log.debug({ error: message }, "An idle database connection broke.");
  const store = await openStore(storeOptions(config), onBroken);
  try {
    return await startOn(store, config, log);
  } catch (error) {
    await store.close();
    throw error;
  }
}

export function storeOptions(config: Config): { databaseUrl: string } | { dataDir: string } {
  return config.DATABASE_URL === undefined ? { dataDir: config.DATA_DIR } : { databaseUrl: config.DATABASE_URL };
}

async function startOn(store: Store, config: Config, log: Log): Promise<Agent> {
  const metrics = createMetrics();
  let runner: JobRunner | null = null;
  const wake = () => runner?.wake();
  const ownUrl = () => urlOf(app, config.HOST);
  const engineOptions = { config, db: store.db, log, metrics, wake, ownUrl };
  const engine = await createEngine(engineOptions);
  const outage = new Outage(log, STORE);
  const gatewayOutage = new Outage(log, GATEWAY);
  const app: App = await buildApp({ config, store, log, metrics, engine, wake, outage });
  runner = new JobRunner({
    db: store.db,
    kinds: [...ownJobs(engineOptions), ...engine.kinds],
    onError: (err, job) => {
      // What a job throws may be of others that do not answer, too.
      if ((job === null || outage.isOn) && outage.explains(err)) return;
      if (gatewayOutage.explains(err)) return;
      log.error({ err, job: job?.kind, key: job?.key }, job ? "A job failed." : "The store failed.");
    },
    onReady: () => outage.over(),
    onDone: (kind, seconds, failed) => {
      if (kind === RECONCILE_JOB && !failed) gatewayOutage.over();
      metrics.jobSeconds.observe({ kind }, seconds);
      if (failed) metrics.jobFailures.inc({ kind });
    },
  });
  await app.listen({ host: config.HOST, port: config.PORT });
  // The embedded store's directory belongs to one process.
  if (store.kind === "pglite") await endLeases(store.db);
  await runner.start();
  void warnOfGateway(engine, log);
  const close = async () => {
    await app.close();
    await runner.stop();
    await engine.close();
    await store.close();
  };
  return { url: ownUrl(), store, app, close };
}

/** Said once, in plain words: what goes on meanwhile fails job by job. */
async function warnOfGateway(engine: Pick<ResponseEngine, "driver">, log: Log): Promise<void> {
  const { ok, detail } = await engine.driver();
  const says =
    "The gateway's Admin API cannot be used: check KONG_ADMIN_URL, or KONNECT_CONTROL_PLANE_ID and KONNECT_TOKEN.";
  if (!ok) log.warn({ error: detail }, `${says} Until it answers, only decisions act.`);
}

/** With the port that was really taken, also when any was asked for. */
function urlOf(app: App, configuredHost: string): string {
  const { port } = app.server.address() as AddressInfo;
  const host = configuredHost.includes(":") ? `[${configuredHost}]` : configuredHost;
  return `http://${host}:${port}`;
}
