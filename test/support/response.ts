import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createAdminApiDriver, createAdminClient } from "../../agent/src/drivers/index.ts";
import { entityId } from "../../agent/src/drivers/tags.ts";
import type { Channel } from "../../agent/src/notification/channel.ts";
import type { Message } from "../../agent/src/notification/message.ts";
import { mayActOf, parsePolicy } from "../../agent/src/policy/index.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { type Action, actionsOfIncident } from "../../agent/src/store/actions.ts";
import { listDecisionsOn } from "../../agent/src/store/decisions.ts";
import { type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { type AdminServer, startAdminServer } from "./admin-server.ts";
import { openMemoryStore } from "./store.ts";

/** What the agent needs to respond to incidents, new for each test of a file but for the store. */
export class ResponseWorld {
  store!: Store;
  admin!: AdminServer;
  parts!: ResponseParts;
  /** What was told to operators. */
  messages: Message[] = [];
  /** Milliseconds by which the agent's clock is ahead. */
  clock = 0;

  async seen(incident: Incident): Promise<Incident> {
    await upsertIncident(this.store.db, incident);
    return incident;
  }

  decisionsOn() {
    return listDecisionsOn(this.store.db, "test", this.parts.now(), 100);
  }

  async onlyAction(incident: Incident): Promise<Action> {
    const actions = await actionsOfIncident(this.store.db, incident.id);
    expect(actions).toHaveLength(1);
    return actions[0] as Action;
  }

  jobs() {
    return this.store.db.selectFrom("jobs").select(["kind", "key"]).where("done_at", "is", null).execute();
  }
}

export const testPolicy = parsePolicy(readFileSync(new URL("../../agent/policy.yaml", import.meta.url), "utf8"));
export const THROTTLE_ID = entityId("throttle_route", "route:r-search", "test");

const TABLES = [
  "incident_log",
  "approvals",
  "actions",
  "kill_switches",
  "decisions",
  "traffic",
  "decision_hits",
  "jobs",
  "outbox",
  "incidents",
] as const;

function partsOf(world: ResponseWorld): ResponseParts {
  const channel: Channel = {
    name: "test",
    deliver: async (_id, message) => {
      world.messages.push(message);
      return { done: true };
    },
  };
  return {
    db: world.store.db,
    gateway: "test",
    dryRun: false,
    policy: () => testPolicy,
    mayAct: mayActOf({ db: world.store.db, gateway: "test" }),
    driver: createAdminApiDriver(createAdminClient({ url: world.admin.url, timeout_ms: 300, backoff_ms: 1 })),
    advisor: null,
    channels: [channel],
    publicUrl: "http://127.0.0.1:8090",
    log: { info: () => undefined, warn: () => undefined },
    wake: () => undefined,
    now: () => Date.now() + world.clock,
  };
}

/** For the whole of a test file. */
export function useResponse(): ResponseWorld {
  const world = new ResponseWorld();
  beforeAll(async () => {
    world.store = await openMemoryStore();
  });
  afterAll(() => world.store.close());
  beforeEach(async () => {
    world.admin = await startAdminServer();
    world.admin.routes.set("r-search", { id: "r-search", name: "search", service: { id: "s-shop" } });
    world.messages = [];
    world.clock = 0;
    world.parts = partsOf(world);
  });
  afterEach(async () => {
    await world.admin.close();
    for (const table of TABLES) await world.store.db.deleteFrom(table).execute();
  });
  return world;
}
