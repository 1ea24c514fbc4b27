/** A gateway, a store and the agent's own code, to carry single actions out and to take them back. */
import { randomUUID } from "node:crypto";
import { carryOut } from "../../agent/src/actions/carry-out.ts";
import { undoAction } from "../../agent/src/actions/end.ts";
import { ACTION_KINDS } from "../../agent/src/actions/index.ts";
import { createAdminApiDriver, createAdminClient } from "../../agent/src/drivers/index.ts";
import { parsePolicy } from "../../agent/src/policy/index.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { type Action, createAction, getAction } from "../../agent/src/store/actions.ts";
import { type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import type { Store } from "../../agent/src/store/open.ts";
import type { ActionType } from "../../agent/src/store/schema.ts";
import { someFlood } from "../support/incident.ts";
import { openMemoryStore } from "../support/store.ts";
import { actionRow } from "../support/store-rows.ts";
import { type Fixture, startFixture } from "./conformance/fixture.ts";
import type { GatewayOptions } from "./gateway/gateway.ts";

const GATEWAY = "e2e";
const TTL_MS = 600_000;
const policy = parsePolicy("version: 1\nrules: []\n");

export interface Wanted {
  type: ActionType;
  target: Record<string, string>;
  params?: Record<string, unknown>;
  ttl_ms?: number;
  /** Of an earlier action. */
  incident?: string;
  /** Of the incident. */
  scope?: Incident["scope"];
}

export class ActionWorld {
  readonly kong: Fixture;
  readonly store: Store;
  readonly parts: ResponseParts;

  constructor(kong: Fixture, store: Store) {
    this.kong = kong;
    this.store = store;
    this.parts = {
      db: store.db,
      gateway: GATEWAY,
      dryRun: false,
      policy: () => policy,
      mayAct: async () => null,
      driver: createAdminApiDriver(createAdminClient({ url: kong.gateway.adminUrl })),
      advisor: null,
      channels: [],
      publicUrl: "http://127.0.0.1:1",
      log: { info: () => undefined, warn: () => undefined },
      wake: () => undefined,
      now: Date.now,
    };
  }

  /** Carries it out as a plan's action would be, and waits until it is in force. */
  async act(wanted: Wanted): Promise<Action> {
    const { incident: id_, scope } = wanted;
    const incident = someFlood({ gateway: GATEWAY, ...(id_ && { id: id_ }), ...(scope && { scope }) });
    await upsertIncident(this.store.db, incident);
    const now = Date.now();
    const kind = ACTION_KINDS[wanted.type];
    const id = randomUUID();
    const vehicle = kind.needs === "feed" ? "decision" : "admin-api";
    const params = (kind.params?.parse(wanted.params ?? {}) as Action["params"] | undefined) ?? wanted.params ?? {};
    const times = { created_at: now, applied_at: null, expires_at: now + (wanted.ttl_ms ?? TTL_MS) };
    const given = { id, gateway: GATEWAY, type: wanted.type, vehicle, target: wanted.target, params } as const;
    await createAction(this.store.db, actionRow(incident.id, { ...given, ...times, status: "planned" }));
    await carryOut(this.parts, incident);
    await this.settle();
    return (await getAction(this.store.db, id)) as Action;
  }

  verify(action: Action): Promise<string | null> {
    return ACTION_KINDS[action.type].verify(action, this.parts);
  }

  async undo(action: Action): Promise<void> {
    await undoAction(this.parts, action.id, "alice");
    await this.settle();
  }

  /** Until what was written is in force; without a database, tests look at what clients see. */
  async settle(): Promise<void> {
    if (this.kong.gateway.database) await this.kong.settle();
  }

  /** Everything that is configured but for what tests wait with, and times. */
  async configuration(): Promise<object> {
    const { entities } = await this.parts.driver!.read();
    const waiting = new Set((entities.routes ?? []).filter(({ name }) => isWaiting(name)).map(({ id }) => id));
    const kept = Object.entries(entities).map(([type, list]) => {
      const own = list.filter(
        ({ id, route }) => !waiting.has(id) && !waiting.has((route as { id?: string } | null)?.id ?? ""),
      );
      const bare = own.map(({ created_at: _, updated_at: __, ...entity }) => entity);
      return [type, bare.sort((a, b) => (a.id < b.id ? -1 : 1))];
    });
    return Object.fromEntries(kept);
  }

  async stop(): Promise<void> {
    await this.kong.stop();
    await this.store.close();
  }
}

const isWaiting = (name: unknown): boolean => typeof name === "string" && name.startsWith("settled-");

export async function startActionWorld(options: GatewayOptions = {}): Promise<ActionWorld> {
  const store = await openMemoryStore();
  const plugins = ["threat-response"];
  const kong = await startFixture({ workers: 1, plugins, trustedIps: ["127.0.0.1/32"], ...options });
  return new ActionWorld(kong, store);
}
