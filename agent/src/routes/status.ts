import type { AppOptions } from "../app.ts";
import { EVERY_SCOPE } from "../auth/access.ts";
import { switchesOn } from "../policy/kill-switch.ts";
import { countDecisionsOn } from "../store/decisions.ts";
import { countWaitingEvents } from "../store/events.ts";
import { countOpenIncidents } from "../store/incidents.ts";
import { countJobs } from "../store/jobs.ts";
import { countLearned } from "../store/learned.ts";
import { listNodes } from "../store/nodes.ts";
import { countOutbox } from "../store/outbox.ts";
import { killSwitchOf } from "./kill-switch.ts";
import type { TypedApp } from "./typed-app.ts";

export function statusRoute(app: TypedApp, options: AppOptions): void {
  const { config, store, engine, feed } = options;
  app.get("/v1/status", { config: { access: EVERY_SCOPE } }, async () => {
    const gateway = config.GATEWAY_NAME;
    const { epoch, sequence } = await feed.current();
    return {
      gateway,
      dry_run: config.DRY_RUN,
      kill_switch: await switchesOn(killSwitchOf(options)),
      store: store.kind,
      driver: await engine.driver(),
      claude: engine.claude,
      feed: {
        epoch,
        sequence,
        decisions: await countDecisionsOn(store.db, gateway, Date.now()),
        left_out: feed.leftOut,
      },
      learned: await countLearned(store.db, gateway),
      incidents_open: await countOpenIncidents(store.db, gateway),
      waiting: {
        events: await countWaitingEvents(store.db, gateway),
        jobs: await countJobs(store.db),
        notifications: await countOutbox(store.db),
      },
      nodes: (await listNodes(store.db, gateway)).map(({ node, last_seen_at, health }) => ({
        node,
        last_seen_at: new Date(last_seen_at).toISOString(),
        health,
      })),
    };
  });
}
