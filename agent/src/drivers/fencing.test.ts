import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { openMemoryStore } from "../../../test/support/store.ts";
import type { Store } from "../store/open.ts";
import { createAdminClient } from "./admin-client.ts";
import { AdminApiError } from "./admin-error.ts";
import { createDriver } from "./create-driver.ts";
import type { Change, Entity, GatewayDriver } from "./gateway.ts";

const GATEWAY = "fenced";
let store: Store;
let admin: AdminServer;
let driver: GatewayDriver;
beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  await store.db.deleteFrom("writer_leases").execute();
  admin = await startAdminServer();
  admin.entities.put("services", "s-1", { name: "shop", host: "shop.internal" });
  admin.entities.put("routes", "r-1", { name: "search", service: { id: "s-1" }, methods: ["GET", "POST"] });
  admin.entities.put("plugins", "p-1", { name: "key-auth", route: { id: "r-1" } });
  driver = open();
});
afterEach(() => admin.close());

const open = () =>
  createDriver(
    { GATEWAY_NAME: GATEWAY, KONG_ADMIN_URL: admin.url, FEED_SECRET: "of the tests", WRITE_INTERVAL_S: 0 },
    { db: store.db, timeout_ms: 200, retries: 1 },
  ) as GatewayDriver;

/** The lease ran out while this agent stood still, and another has it now. */
const takeOver = () =>
  store.db
    .updateTable("writer_leases")
    .set((update) => ({ holder: "another", token: update("token", "+", 1), expires_at: Date.now() + 60_000 }))
    .execute();

const writes = () =>
  admin.requests.filter((line) => /^(PUT|PATCH|DELETE|POST) /.test(line) && !line.endsWith("/validate"));

/** Kong answers `line` only when the other has taken over. */
const takeOverAt = (line: string, isTime = () => true) => {
  let taken: Promise<unknown> | null = null;
  admin.meanwhile = (request) => {
    if (taken !== null || request !== line || !isTime()) return;
    taken = takeOver();
    admin.misbehave({ on: line, times: 1, how: { after: taken } });
  };
};

const twoChanges = async (): Promise<Change[]> => [
  { op: "create", type: "plugins", entity: { id: "n-1", name: "acl", route: { id: "r-1" }, config: { deny: ["x"] } } },
  {
    op: "update",
    type: "routes",
    id: "r-1",
    expect: (await driver.get("routes", "r-1")) as Entity,
    set: { methods: ["GET"] },
  },
];

describe("an agent whose right to write has passed to another", () => {
  it("in the middle of its changes writes nothing more, not even back, and goes on when it is its turn again", async () => {
    const changes = await twoChanges();
    takeOverAt("GET /routes/r-1", () => writes().length === 1);
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "overtaken", retryable: true });
    expect(writes()).toEqual(["PUT /plugins/n-1"]);
    await store.db.deleteFrom("writer_leases").execute();
    expect((await driver.apply(changes)).map(({ after }) => after?.id)).toEqual(["n-1", "r-1"]);
    expect(writes()).toEqual(["PUT /plugins/n-1", "PATCH /routes/r-1"]);
  });

  it("while it takes back leaves the rest to the other", async () => {
    const changes = await twoChanges();
    admin.misbehave({ on: "PATCH /routes/r-1", times: 1, how: { status: 400 } });
    takeOverAt("GET /plugins/n-1", () => writes().length === 2);
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "overtaken" });
    expect(writes()).toEqual(["PUT /plugins/n-1", "PATCH /routes/r-1"]);
  });

  it("does not try again what got no answer", async () => {
    const changes = await twoChanges();
    admin.misbehave({ on: "PUT /plugins/n-1", times: 1, how: "reset" });
    takeOverAt("GET /plugins/n-1", () => writes().length === 1);
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "overtaken" });
    expect(writes()).toEqual(["PUT /plugins/n-1"]);
  });

  it("posts no document", async () => {
    admin.settings.database = "off";
    driver = open();
    const changes = await twoChanges();
    const asked = admin.requests.length;
    const states = () => admin.requests.slice(asked).filter((line) => line === "GET /status").length;
    takeOverAt("GET /status", () => states() === 3);
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "overtaken" });
    expect(writes()).toEqual([]);
  });
});

it("stops what leaves when it leaves, and nothing that only asks", async () => {
  const overtaken = new AdminApiError("overtaken", null, "stood still");
  const fence = () => {
    throw overtaken;
  };
  const client = createAdminClient({ url: admin.url, fence, backoff_ms: 1 });
  await client.request("GET", "/services/s-1");
  await client.request("POST", "/schemas/plugins/validate", {});
  for (const method of ["PUT", "PATCH", "DELETE", "POST"] as const) {
    await expect(client.request(method, "/services/s-1", {})).rejects.toBe(overtaken);
  }
  expect(writes()).toEqual([]);
});

describe("a kill switch that is turned on while a write gets no answer", () => {
  it.each([
    ["with a database", "postgres", "PUT /plugins/n-1"],
    ["without a database", "off", "POST /config"],
  ])("lets it not be tried again, %s", async (_what, database, line) => {
    admin.settings.database = database;
    driver = open();
    const changes = await twoChanges();
    admin.misbehave({ on: line, times: 99, how: "reset" });
    const mayWrite = async () => (writes().length > 0 ? "the kill switch is on" : null);
    await expect(driver.apply(changes, { mayWrite })).rejects.toMatchObject({ code: /stopped|partial/ });
    expect(writes().filter((write) => write === line)).toHaveLength(1);
  });
});
