/** The agent dies between writing the next step of an action to the gateway and recording it. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { carryOut } from "../../agent/src/actions/carry-out.ts";
import { createDriver } from "../../agent/src/drivers/index.ts";
import { parsePolicy } from "../../agent/src/policy/index.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { type Action, createAction, getAction, updateAction } from "../../agent/src/store/actions.ts";
import { type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import { enqueueJob } from "../../agent/src/store/jobs.ts";
import { openStore, type Store } from "../../agent/src/store/open.ts";
import { addTraffic } from "../../agent/src/store/traffic.ts";
import { type AdminServer, startAdminServer } from "../support/admin-server.ts";
import { bearer, testEnvironment } from "../support/agent.ts";
import { AGENT_MAIN } from "../support/agent-process.ts";
import { placeEmptyDatabase } from "../support/empty-database.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { someFlood } from "../support/incident.ts";
import { freePort, type RunningProcess, startProcess, temporaryDirectory } from "../support/processes.ts";
import { letLeasesEnd } from "../support/store.ts";
import { actionRow } from "../support/store-rows.ts";

const GATEWAY = "killed";
const ID = "11111111-1111-4111-8111-111111111111";
const PATIENCE_MS = 60_000;
const when = { field: "header", name: "x-attack", equals: "1" };

let home: ReturnType<typeof temporaryDirectory>;
let admin: AdminServer;
let agent: RunningProcess | null = null;
let port = "";

beforeEach(async () => {
  home = temporaryDirectory("tr-step");
  await placeEmptyDatabase(home.path);
  admin = await startAdminServer();
  admin.settings.available.push("pre-function", "request-termination");
  admin.routes.set("r-search", { id: "r-search", name: "search", service: { id: "s-1" } });
});
afterEach(async () => {
  await agent?.stop();
  await admin.close();
  home.remove();
});

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir: home.path });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const actionNow = () => withStore(async ({ db }) => (await getAction(db, ID)) as Action);

const actionOfKilled = () =>
  withStore(async (store) => {
    await letLeasesEnd(store);
    return (await getAction(store.db, ID)) as Action;
  });

const serve = async () => {
  const given = { DATA_DIR: home.path, GATEWAY_NAME: GATEWAY, KONG_ADMIN_URL: admin.url, DRY_RUN: "false" };
  port = String(await freePort());
  const env = {
    ...process.env,
    ...testEnvironment({ ...given, WRITE_INTERVAL_S: "0", LOG_LEVEL: "info", PORT: port }),
  };
  agent = await startProcess(process.execPath, [AGENT_MAIN, "serve"], { env });
};

async function kill(): Promise<void> {
  agent?.kill("SIGKILL");
  await agent?.stop();
}

/** On as it is given, `ago_ms` ago, with traffic since as `each` second saw it. */
async function applied(given: Partial<Action>, ago_ms: number, each: { suspicious?: number; clean_denied?: number }) {
  const incident: Incident = someFlood({ gateway: GATEWAY, first_seen_at: Date.now() - ago_ms - 20_000 });
  const driver = createDriver({ GATEWAY_NAME: GATEWAY, KONG_ADMIN_URL: admin.url, WRITE_INTERVAL_S: 0 });
  await withStore(async ({ db }) => {
    await upsertIncident(db, incident);
    const at = Date.now() - ago_ms;
    const row = { id: ID, gateway: GATEWAY, vehicle: "admin-api", target: { route_id: "r-search" } } as const;
    const times = {
      created_at: at,
      expires_at: Math.floor(Date.now() / 1000 + 300) * 1_000,
      status: "planned",
    } as const;
    await createAction(db, actionRow(incident.id, { ...row, ...times, ...given }));
    const policy = parsePolicy(
      `version: 1\nrails: { canary: { skip_at: ${given.stage === "log_only" ? "critical" : "low"} } }\nrules: []\n`,
    );
    const nothing = { info: () => undefined, warn: () => undefined };
    const parts = { db, gateway: GATEWAY, policy: () => policy, mayAct: async () => null, driver, log: nothing };
    await carryOut({ ...parts, now: Date.now, dryRun: false, channels: [] } as unknown as ResponseParts, incident);
    await updateAction(db, ID, { applied_at: at, stage_at: at });
    await report(db, at, ago_ms, each);
    await enqueueJob(db, { kind: "action-verify", key: incident.id, run_at: 1 });
    expect(await getAction(db, ID)).toMatchObject({ status: "applied", error: null });
  });
}

async function report(
  db: Store["db"],
  at: number,
  ago_ms: number,
  each: { suspicious?: number; clean_denied?: number },
) {
  for (let start = at - 30_000; start < at + ago_ms; start += 1_000) {
    const { suspicious = 0, clean_denied = 0 } = start < at ? { suspicious: 40 } : each;
    const requests = suspicious + clean_denied + 20;
    const counts = { requests, suspicious, clean: 20 + clean_denied, clean_ok: 20, clean_denied, stopped: 0 };
    const window = { gateway: GATEWAY, route_id: "r-search", window_start: start, window_ms: 1_000 };
    await addTraffic(db, { ...window, ...counts, errors_service: 0, errors_gateway: 0 });
  }
}

const code = () => JSON.stringify([...admin.plugins.values()].map(({ config }) => config));
const patches = () => admin.requests.filter((line) => line.startsWith("PATCH")).length;

/** What the incident's log says, of the running agent. */
async function logOf(): Promise<string> {
  const headers = bearer("viewer");
  const { json } = await call(`http://127.0.0.1:${port}/v1/actions`, { headers });
  const { text } = await call(`http://127.0.0.1:${port}/v1/incidents/${json.actions[0].incident_id}`, { headers });
  return text;
}

/** Runs the agent until it has written, kills it before it knows, and runs it again until the step is in the log. */
async function dieAfterWriting(step: string, isRecorded: (action: Action) => boolean): Promise<Action> {
  const before = patches();
  admin.misbehave({ on: "PATCH", times: 1, how: "done, then silence" });
  await serve();
  await eventually(() => expect(patches()).toBe(before + 1), PATIENCE_MS);
  await kill();
  expect(isRecorded(await actionOfKilled())).toBe(false);
  const written = code();
  await serve();
  await eventually(async () => expect(await logOf()).toContain(step), PATIENCE_MS);
  await agent?.stop();
  const action = await actionNow();
  expect(isRecorded(action)).toBe(true);
  expect(code()).toBe(written);
  return action;
}

it("killed between counting and a share of the sources, it goes on with the share", async () => {
  await applied({ type: "hot_patch", params: { when, status: 403 }, stage: "log_only" }, 14_000, { suspicious: 40 });
  const action = await dieAfterWriting("} share: ", ({ stage }) => stage === "share");
  expect(action).toMatchObject({ status: "applied", error: null });
  expect(admin.plugins.size).toBe(1);
});

it("killed while it begins a probe, it goes on with the probe", async () => {
  await applied({ type: "hot_patch", params: { when, status: 403 } }, 310_000, { clean_denied: 40 });
  const action = await dieAfterWriting("} on probe: ", ({ probed_at }) => probed_at !== null);
  expect(action).toMatchObject({ status: "applied", stage: "full" });
});

it("killed while it puts back what a reload lost, it is there once, and its action stays on", async () => {
  const document = admin.document.text();
  admin.settings.database = "off";
  admin.document.post(document);
  await applied({ type: "terminate_route", params: { status: 503 } }, 13_000, {});
  expect(admin.plugins.size).toBe(1);
  admin.document.post(document);
  admin.misbehave({ on: "POST /config", times: 1, how: "done, then silence" });
  await serve();
  await eventually(() => expect(admin.plugins.size).toBe(1), PATIENCE_MS);
  await kill();
  expect(await actionOfKilled()).toMatchObject({ status: "applied", repaired_at: null });
  const before = admin.requests.length;
  await serve();
  const looked = () => admin.requests.slice(before).some((line) => line.startsWith("GET /plugins?"));
  await eventually(() => expect(looked()).toBe(true), PATIENCE_MS);
  await agent?.stop();
  expect(admin.plugins.size).toBe(1);
  expect(await actionNow()).toMatchObject({ status: "applied" });
});
