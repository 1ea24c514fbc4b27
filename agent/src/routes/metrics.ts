import type { AppOptions } from "../app.ts";
import { VIEWERS } from "../auth/access.ts";
import { countDecisionsOn } from "../store/decisions.ts";
import { countWaitingEvents } from "../store/events.ts";
import { countOpenIncidents } from "../store/incidents.ts";
import { countJobs } from "../store/jobs.ts";
import { listNodes } from "../store/nodes.ts";
import { countOutbox } from "../store/outbox.ts";
import type { TypedApp } from "./typed-app.ts";

const SEEN_MS = 60_000;

/** Prometheus text. Gauges of the store are read when asked; without the store the process's own figures still come. */
export function metricsRoute(app: TypedApp, options: AppOptions): void {
  const { metrics, log, outage } = options;
  app.get("/metrics", { config: { access: VIEWERS } }, async (_request, reply) => {
    await readGauges(options).catch((err) => {
      if (!outage.explains(err)) log.warn({ err }, "Gauges could not be read from the store.");
    });
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

async function readGauges({ store: { db }, metrics, config, feed }: AppOptions): Promise<void> {
  const gateway = config.GATEWAY_NAME;
  const now = Date.now();
  metrics.incidentsOpen.set(await countOpenIncidents(db, gateway));
  metrics.decisionsOn.set(await countDecisionsOn(db, gateway, now));
  metrics.eventsWaiting.set(await countWaitingEvents(db, gateway));
  metrics.outboxWaiting.set(await countOutbox(db));
  metrics.feedSequence.set((await feed.current()).sequence);
  metrics.nodesSeen.set((await listNodes(db, gateway)).filter((node) => node.last_seen_at > now - SEEN_MS).length);
  metrics.jobsWaiting.reset();
  for (const [kind, count] of Object.entries(await countJobs(db))) metrics.jobsWaiting.set({ kind }, count);
}
