/** The agent stands still in the middle of an action, as when its machine is paused, and another agent has its turn to write meanwhile. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RESPOND_JOB } from "../../agent/src/actions/record.ts";
import { createAction, getAction } from "../../agent/src/store/actions.ts";
import { upsertIncident } from "../../agent/src/store/incidents.ts";
import { enqueueJob } from "../../agent/src/store/jobs.ts";
import { openStore, type Store } from "../../agent/src/store/open.ts";
import { type AdminServer, startAdminServer } from "../support/admin-server.ts";
import { testEnvironment } from "../support/agent.ts";
import { eventually } from "../support/eventually.ts";
import { someFlood } from "../support/incident.ts";
import { type PrivatePostgres, startPostgres } from "../support/postgres.ts";
import { type RunningProcess, startScript } from "../support/processes.ts";
import { actionRow } from "../support/store-rows.ts";

const MAIN = join(import.meta.dirname, "..", "..", "agent", "src", "main.ts");
const GATEWAY = "paused";
const PATIENCE_MS = 60_000;

let postgres: PrivatePostgres;
let store: Store;
let admin: AdminServer;
let agent: RunningProcess | null = null;
let DATABASE_URL: string;

beforeAll(async () => {
  postgres = await startPostgres();
  DATABASE_URL = await postgres.createDatabase();
  store = await openStore({ databaseUrl: DATABASE_URL });
  admin = await startAdminServer();
  admin.settings.available.push("request-termination");
  admin.entities.put("services", "s-1", { name: "shop" });
  admin.entities.put("routes", "r-1", { name: "search", paths: ["/search"], service: { id: "s-1" } });
  const config = { mode: "enforce", agent: { url: "http://127.0.0.1:9", poll_interval_s: 0.2 } };
  admin.entities.put("plugins", "ours", { name: "threat-response", config });
});
afterAll(async () => {
  agent?.kill("SIGCONT");
  await agent?.stop();
  await admin?.close();
  await store?.close();
  await postgres?.stop();
});

const writes = () =>
  admin.requests.filter((line) => /^(PUT|PATCH|DELETE|POST) /.test(line) && !line.endsWith("/validate"));

const serve = async () => {
  const given = {
    DATABASE_URL,
    GATEWAY_NAME: GATEWAY,
    KONG_ADMIN_URL: admin.url,
    DRY_RUN: "false",
    PORT: "0",
    LOG_LEVEL: "info",
  };
  agent = await startScript(MAIN, ["serve"], {
    env: { ...process.env, ...testEnvironment({ ...given, WRITE_INTERVAL_S: "0" }) },
  });
};

it("writes nothing more when it goes on, not even back, and finishes when it is its turn again", async () => {
  const incident = someFlood({ gateway: GATEWAY });
  await upsertIncident(store.db, incident);
  const target = { kind: "ip", value: "203.0.113.7", route_id: "r-1" };
  const wanted = { type: "overlay_route", vehicle: "admin-api", params: { status: 451 }, status: "planned" } as const;
  const row = actionRow(incident.id, { ...wanted, gateway: GATEWAY, target, applied_at: null, changes: null });
  await createAction(store.db, row);

  let isPaused = false;
  admin.meanwhile = (line) => {
    if (isPaused || writes().length !== 1 || !line.startsWith("GET /plugins/")) return;
    isPaused = true;
    agent?.kill("SIGSTOP");
  };
  await enqueueJob(store.db, { kind: RESPOND_JOB, key: incident.id });
  await serve();
  await eventually(() => expect(isPaused).toBe(true), PATIENCE_MS);
  expect(writes()).toEqual([expect.stringMatching(/^PUT \/routes\//)]);

  const turn = store.db.updateTable("writer_leases").where("gateway", "=", GATEWAY);
  const another = { holder: "another agent", expires_at: Date.now() + 600_000 };
  await turn.set((is) => ({ ...another, token: is("token", "+", 1) })).execute();
  agent?.kill("SIGCONT");
  const jobs = () => store.db.selectFrom("jobs").select("last_error").where("kind", "=", RESPOND_JOB).execute();
  await eventually(async () => expect(JSON.stringify(await jobs())).toContain("another agent"), PATIENCE_MS);
  expect(writes()).toHaveLength(1);

  await turn.set({ expires_at: 0 }).execute();
  await eventually(async () => expect((await getAction(store.db, row.id))?.status).toBe("applied"), PATIENCE_MS);
  expect(writes().map((line) => line.replace(/[^/]+$/, ""))).toEqual(["PUT /routes/", "PUT /plugins/"]);
});
