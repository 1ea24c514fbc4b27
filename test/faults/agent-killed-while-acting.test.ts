import { afterEach, beforeEach, expect, it } from "vitest";
import { actionsOfIncident } from "../../agent/src/store/actions.ts";
import { getIncident, type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import { enqueueJob } from "../../agent/src/store/jobs.ts";
import { openStore, type Store } from "../../agent/src/store/open.ts";
import { type AdminServer, startAdminServer } from "../support/admin-server.ts";
import { bearer, testEnvironment } from "../support/agent.ts";
import { AGENT_MAIN } from "../support/agent-process.ts";
import { placeEmptyDatabase } from "../support/empty-database.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { someFlood } from "../support/incident.ts";
import { freePort, type RunningProcess, startProcess, temporaryDirectory } from "../support/processes.ts";
import { letLeasesEnd } from "../support/store.ts";

const GATEWAY = "killed";

let home: ReturnType<typeof temporaryDirectory>;
let admin: AdminServer;
let agent: RunningProcess | null = null;

beforeEach(async () => {
  home = temporaryDirectory("tr-killed");
  await placeEmptyDatabase(home.path);
  admin = await startAdminServer();
  admin.routes.set("r-search", { id: "r-search", name: "search", service: { id: "s-1" } });
});
afterEach(async () => {
  await agent?.stop();
  await admin.close();
  home.remove();
});

let port: number;
const serve = async () => {
  port = await freePort();
  const given = { DATA_DIR: home.path, GATEWAY_NAME: GATEWAY, KONG_ADMIN_URL: admin.url, DRY_RUN: "false" };
  const env = { ...process.env, ...testEnvironment({ ...given, LOG_LEVEL: "info", PORT: String(port) }) };
  agent = await startProcess(process.execPath, [AGENT_MAIN, "serve"], { env });
};

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir: home.path });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function seed(): Promise<Incident> {
  const incident = someFlood({ gateway: GATEWAY });
  await withStore(async ({ db }) => {
    await upsertIncident(db, incident);
    await enqueueJob(db, { kind: "respond", key: incident.id });
  });
  return incident;
}

const actionsNow = async (): Promise<{ status: string }[]> => {
  const { json } = await call(`http://127.0.0.1:${port}/v1/actions`, { headers: bearer("viewer") });
  return json.actions;
};
const puts = () => admin.requests.filter((line) => line.startsWith("PUT"));

it("an agent killed between doing and recording finishes after its restart, and does nothing twice", async () => {
  const incident = await seed();
  admin.misbehave({ on: "PUT", times: 1, how: "done, then silence" });
  await serve();
  await eventually(() => expect(puts()).toHaveLength(1), 30_000);
  agent?.kill("SIGKILL");
  await agent?.stop();
  await withStore(async (store) => {
    expect(await actionsOfIncident(store.db, incident.id)).toMatchObject([{ status: "planned" }]);
    await letLeasesEnd(store);
  });
  await serve();
  await eventually(
    async () => expect((await actionsNow()).map((action) => action.status)).toEqual(["applied"]),
    60_000,
  );
  await agent?.stop();
  await withStore(async ({ db }) => {
    expect(await actionsOfIncident(db, incident.id)).toMatchObject([{ status: "applied" }]);
    expect(await getIncident(db, incident.id)).toMatchObject({ status: "mitigating" });
  });
  expect(puts()).toHaveLength(1);
  expect(admin.plugins.size).toBe(1);
});
