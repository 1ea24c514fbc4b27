/** Every kind of action, carried out and taken back while the Admin API fails or somebody else edits the same. */
import { randomUUID } from "node:crypto";
import { carryOut } from "../../agent/src/actions/carry-out.ts";
import { undoAction } from "../../agent/src/actions/end.ts";
import { ACTION_KINDS } from "../../agent/src/actions/index.ts";
import { createAdminApiDriver } from "../../agent/src/drivers/admin-api.ts";
import { createAdminClient } from "../../agent/src/drivers/admin-client.ts";
import { configurationOf } from "../../agent/src/drivers/canonical.ts";
import { createDblessDriver } from "../../agent/src/drivers/dbless.ts";
import type { AppliedChange, Change } from "../../agent/src/drivers/gateway.ts";
import { parsePolicy } from "../../agent/src/policy/index.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { type Action, createAction, getAction } from "../../agent/src/store/actions.ts";
import { listDecisionsOn } from "../../agent/src/store/decisions.ts";
import { type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { type ActionCase, seedForActions } from "./action-cases.ts";
import { type AdminServer, FAULTS, startAdminServer } from "./admin-server.ts";
import { someFlood } from "./incident.ts";
import { openMemoryStore } from "./store.ts";
import { actionRow } from "./store-rows.ts";

type Fault = keyof typeof FAULTS;

/** Apply it, or take it back after it was applied. */
export type Phase = "apply" | "undo";

/** A call as `METHOD /path`, and its place among those of an undisturbed run. */
export interface Call {
  n: number;
  line: string;
}

/** How often a fault is met: once, or until the driver gives up. */
export type HowLong = 1 | 9;

const GATEWAY = "faults";
const policy = parsePolicy("version: 1\nrules: []\n");

export class FaultWorld {
  readonly admin: AdminServer;
  readonly store: Store;
  readonly parts: ResponseParts;
  readonly isDbless: boolean;
  readonly #incident: Incident = someFlood({ gateway: GATEWAY });

  constructor(admin: AdminServer, store: Store, isDbless: boolean) {
    this.admin = admin;
    this.store = store;
    this.isDbless = isDbless;
    admin.settings.database = isDbless ? "off" : "postgres";
    const client = createAdminClient({ url: admin.url, timeout_ms: 60, backoff_ms: 1, retries: 1 });
    const options = { fingerprintKey: "a key of the tests", patience: { tries: 2, backoff_ms: 1 }, look_every_ms: 1 };
    this.parts = {
      db: store.db,
      gateway: GATEWAY,
      dryRun: false,
      policy: () => policy,
      mayAct: async () => null,
      driver: isDbless ? createDblessDriver(client, options) : createAdminApiDriver(client, options),
      advisor: null,
      channels: [],
      publicUrl: "http://127.0.0.1:1",
      log: { info: () => undefined, warn: () => undefined },
      wake: () => undefined,
      now: Date.now,
    };
  }

  /** Everything that is configured, and every decision that is on. */
  async state(): Promise<string> {
    const entities = [...this.admin.entities.collections].map(([name, all]) => [name, [...all.values()]] as const);
    const { hash } = configurationOf(Object.fromEntries(entities));
    const decisions = await listDecisionsOn(this.store.db, GATEWAY, Date.now(), 100);
    return JSON.stringify([hash, decisions.map(({ action, kind, value, params }) => [action, kind, value, params])]);
  }

  /** As it was before anything was done, and the action that is planned. */
  async begin({ type, target, params }: ActionCase, id: string = randomUUID()): Promise<Action> {
    this.admin.behave();
    this.admin.meanwhile = () => undefined;
    seedForActions(this.admin);
    for (const table of ["actions", "decisions", "jobs", "incident_log"] as const)
      await this.store.db.deleteFrom(table).execute();
    await upsertIncident(this.store.db, this.#incident);
    const kind = ACTION_KINDS[type];
    const vehicle = kind.needs === "feed" ? "decision" : "admin-api";
    const all = { ...params, ...(kind.params?.safeParse(params).data as object | undefined) };
    const row = { id, gateway: GATEWAY, type, vehicle, target, params: all, status: "planned" } as const;
    const times = { created_at: 1, applied_at: null, expires_at: EXPIRES };
    return (await createAction(this.store.db, actionRow(this.#incident.id, { ...row, ...times }))).action;
  }

  carryOut(): Promise<void> {
    return carryOut(this.parts, this.#incident);
  }

  async now(id: string): Promise<Action> {
    return (await getAction(this.store.db, id)) as Action;
  }

  async run(phase: Phase, id: string): Promise<void> {
    if (phase === "apply") return this.carryOut();
    if ((await this.now(id)).status === "applied") await undoAction(this.parts, id, "alice");
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.store.close();
  }
}

/** Of all alike, so that the code of a hot patch is. */
const EXPIRES = Math.floor(Date.now() / 1000 + 3_600) * 1_000;

export async function startFaultWorld(isDbless = false): Promise<FaultWorld> {
  return new FaultWorld(await startAdminServer(), await openMemoryStore(), isDbless);
}

export interface Undisturbed {
  id: string;
  changes: readonly AppliedChange[];
  before: string;
  applied: string;
  calls: Record<Phase, Call[]>;
}

/** The calls of one run that nothing disturbs, and the states before, after, and after taking back. */
export async function undisturbed(world: FaultWorld, one: ActionCase): Promise<Undisturbed> {
  const { id } = await world.begin(one);
  const before = await world.state();
  const during = async (phase: Phase): Promise<Call[]> => {
    const start = world.admin.requests.length;
    await world.run(phase, id);
    return world.admin.requests.slice(start).map((line, n) => ({ n, line }));
  };
  const applying = await during("apply");
  const applied = await world.state();
  const { status, error } = await world.now(id);
  if (status !== "applied" || applied === before) throw new Error(`${one.type} is ${status}: ${error}`);
  if ((await ACTION_KINDS[one.type].verify(await world.now(id), world.parts)) !== null)
    throw new Error(`${one.type} is not in force`);
  const changes = (await world.now(id)).changes ?? [];
  const undoing = await during("undo");
  if ((await world.state()) !== before) throw new Error(`${one.type} is not taken back whole`);
  return { id, changes, before, applied, calls: { apply: applying, undo: undoing } };
}

/**
 * One fault at one call: what is wrong about what becomes of it, or null. The gateway has to be as before or as after, what the agent
 * believes has to be so, and once the fault is over the same work has to end as if there had been none.
 */
export async function tryFault(
  world: FaultWorld,
  one: ActionCase,
  usual: Undisturbed,
  { phase, call, fault, times }: { phase: Phase; call: Call; fault: Fault; times: HowLong },
): Promise<string | null> {
  const { id } = await world.begin(one, usual.id);
  if (phase === "undo") await world.run("apply", id);
  world.admin.misbehave({ skip: call.n, times, sameLine: true, how: FAULTS[fault]! });
  await world.run(phase, id).catch(() => undefined);
  world.admin.behave();
  const name = (state: string) => ({ [usual.before]: "before", [usual.applied]: "applied" })[state] ?? "between";
  const state = name(await world.state());
  const { status, error } = await world.now(id);
  const isUnused = status === "planned" && (await hasUnusedOverlay(world, one));
  if (state === "between" && !isUnused) return `neither before nor after (${status}: ${error})`;
  const believed = { applied: "applied", undone: "before", failed: "before", refused: "before" }[status as string];
  // Whose undoing threw is on until it is tried again.
  const isOpen = phase === "undo" && status === "applied";
  if (believed !== undefined && believed !== state && !isOpen) return `it is ${status}, and the gateway is as ${state}`;
  if (status !== (phase === "apply" ? "planned" : "applied")) return null;
  await insist(() => world.run(phase, id));
  const ended = name(await world.state());
  return ended === (phase === "apply" ? "applied" : "before") ? null : `once it is over, the gateway is as ${ended}`;
}

/** A copy of a route to which nobody is sent yet is as good as none. */
const hasUnusedOverlay = async ({ store }: FaultWorld, { type }: ActionCase): Promise<boolean> =>
  type === "overlay_route" && (await listDecisionsOn(store.db, GATEWAY, Date.now(), 1)).length === 0;

/** A busy machine may take longer to answer than the driver waits here. */
async function insist(work: () => Promise<void>): Promise<void> {
  await work().catch(work).catch(work);
}

/** Calls that ask for whole lists are all alike. */
export const isListing = ({ line }: Call): boolean => line.includes("?");

/**
 * Somebody edits what the action is about right before one of its calls: what is lost of either, or null. Where an action edits an entity,
 * so do they; where it makes a plugin, they make one of that name on that scope first.
 */
export async function tryEditor(
  world: FaultWorld,
  one: ActionCase,
  usual: Undisturbed,
  call: Call,
): Promise<string | null> {
  const [applied] = usual.changes;
  if (applied === undefined) return null;
  const { id } = await world.begin(one, usual.id);
  let seen = -1;
  let isEdited = false;
  world.admin.meanwhile = () => {
    if (++seen === call.n) isEdited = edit(world.admin, applied.change);
  };
  await insist(() => world.carryOut());
  world.admin.meanwhile = () => undefined;
  const { status } = await world.now(id);
  if (status === "planned") return "nobody knows whether it was done";
  if (isEdited && isWindow(call, usual) && !(await isTold(world))) return "nobody is told of the edit";
  await insist(() => world.run("undo", id));
  const ended = await world.state();
  seedForActions(world.admin);
  if (isEdited) edit(world.admin, applied.change);
  return ended === (await world.state()) ? null : `taken back (${status}), it is not as they left it`;
}

async function isTold({ store }: FaultWorld): Promise<boolean> {
  const told = store.db.selectFrom("incident_log").select("id").where("kind", "=", "feedback");
  return (await told.executeTakeFirst()) !== undefined;
}

/** False where Kong would have refused it. */
function edit({ entities }: AdminServer, change: Change): boolean {
  if (change.op === "update") {
    const there = entities.of(change.type).get(change.id);
    return entities.put(change.type, change.id, { ...there, theirs: "edited" })[0] === 200;
  }
  if (change.op === "delete") return false;
  const { id: _, tags: __, ...fields } = change.entity;
  return entities.put(change.type, "theirs", fields)[0] === 200;
}

/** The only call between comparing and writing. */
const isWindow = ({ line }: Call, { changes }: Undisturbed): boolean =>
  changes.some(({ change }) => change.op === "update" && line === `PATCH ${pathOf(change)}`);

const pathOf = (change: Change & { op: "update" }): string =>
  change.type === "targets" ? `/upstreams/u-1/targets/${change.id}` : `/${change.type}/${change.id}`;
