import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminApiDriver } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import { type Configuration, TRAFFIC_TYPES } from "./gateway.ts";
import { capabilitiesOf } from "./probe.ts";
import { entityId, expiryOf, incidentOf, isOurs, ownerTags } from "./tags.ts";

let admin: AdminServer;
beforeEach(async () => {
  admin = await startAdminServer();
});
afterEach(() => admin.close());

const driver = (options: { retries?: number; token?: string } = {}) =>
  createAdminApiDriver(createAdminClient({ url: admin.url, timeout_ms: 200, backoff_ms: 1, ...options }));

describe("the Admin API driver", () => {
  it("finds out what the gateway can do", async () => {
    expect(await driver().probe()).toEqual({
      version: "3.10.0",
      kind: "traditional",
      database: "postgres",
      writable: true,
      router: "traditional_compatible",
      plugins: ["rate-limiting", "threat-response"],
      cannot: [expect.stringContaining("all nodes"), expect.stringContaining("expressions")],
    });
    admin.settings.database = "off";
    expect(await driver().probe()).toMatchObject({ kind: "dbless", writable: false });
    admin.settings.role = "data_plane";
    expect(await driver().probe()).toMatchObject({ kind: "data-plane", writable: false });
    Object.assign(admin.settings, { role: "control_plane", database: "postgres" });
    expect(await driver().probe()).toMatchObject({ kind: "control-plane", writable: true });
  });

  it.each([
    ["3.3.1", 1],
    ["2.8.5.2-enterprise-edition", 1],
    ["3.4.3.20-enterprise-edition", 0],
    ["3.12.0.0", 0],
    ["4.0.0", 0],
    ["a build of one's own", 0],
  ])("says so where Kong is too old: %s", (version, count) => {
    const told = { version, database: "postgres", router: null, plugins: [] };
    const { cannot } = capabilitiesOf("traditional", told);
    expect(cannot.filter((one) => one.includes("older than 3.4"))).toHaveLength(count);
  });

  it("reads all pages", async () => {
    admin.settings.pageSize = 2;
    for (let i = 0; i < 5; i++) admin.plugins.set(`p-${i}`, { id: `p-${i}`, name: "key-auth" });
    expect((await driver().list("plugins")).map((plugin) => plugin.id)).toEqual(["p-0", "p-1", "p-2", "p-3", "p-4"]);
  });

  it("filters by tag itself where the gateway fails to, as DB-less ones do", async () => {
    admin.settings.tagFilterFails = true;
    admin.plugins.set("p-1", { id: "p-1", name: "key-auth", tags: null });
    admin.plugins.set("p-2", { id: "p-2", name: "rate-limiting", tags: ["threat-response"] });
    expect((await driver().list("plugins", "threat-response")).map((plugin) => plugin.id)).toEqual(["p-2"]);
  });

  it("does not ask again at once for a document that takes the gateway too long", async () => {
    admin.misbehave({ times: 9, how: "hang" });
    let again = 0;
    const sleep = async () => ++again;
    const client = createAdminClient({ url: admin.url, document_timeout_ms: 20, timeout_ms: 20, retries: 2, sleep });
    await expect(client.request("GET", "/config")).rejects.toMatchObject({ code: "timeout" });
    expect(again).toBe(0);
    await expect(client.request("GET", "/status")).rejects.toMatchObject({ code: "timeout" });
    expect(again).toBe(2);
  });

  it("sends its token, and only to the configured address", async () => {
    admin.misbehave({ times: 1, how: { status: 307, headers: { location: "http://127.0.0.1:9/steal" } } });
    await expect(driver({ token: "t-1" }).get("plugins", "p-1")).rejects.toMatchObject({
      code: "unexpected",
      status: 307,
    });
    expect(admin.headers[0]?.["kong-admin-token"]).toBe("t-1");
    expect(admin.requests).toHaveLength(1);
  });

  it.each([
    [400, "invalid", false],
    [401, "unauthorized", false],
    [403, "unauthorized", false],
    [405, "read_only", false],
    [409, "conflict", false],
    [429, "busy", true],
    [500, "broken", true],
    [503, "broken", true],
  ] as const)(
    "turns %i into %s, with a remedy, and tries again only where that can help",
    async (status, code, retryable) => {
      admin.misbehave({ times: 3, how: { status } });
      const failed = driver().list("plugins");
      await expect(failed).rejects.toMatchObject({ code, status, retryable, remedy: expect.stringMatching(/\.$/) });
      expect(admin.requests).toHaveLength(retryable ? 3 : 1);
    },
  );

  it("is told how long the gateway wants to be left alone", async () => {
    admin.misbehave({ times: 1, how: { status: 429, headers: { "retry-after": "7" } } });
    await expect(driver({ retries: 0 }).list("plugins")).rejects.toMatchObject({ code: "busy", retry_after_ms: 7_000 });
  });

  it("gives up on silence", async () => {
    admin.misbehave({ times: 9, how: "hang" });
    await expect(driver({ retries: 1 }).probe()).rejects.toMatchObject({ code: "timeout" });
    expect(admin.requests).toHaveLength(2);
  });

  it("says that nothing listens", async () => {
    const silent = createAdminApiDriver(createAdminClient({ url: "http://127.0.0.1:9", retries: 0 }));
    await expect(silent.probe()).rejects.toMatchObject({ code: "unreachable" });
  });

  it("cannot be led elsewhere by an id", async () => {
    expect(await driver().get("plugins", "../../routes?x=")).toBeNull();
    expect(admin.requests).toEqual(["GET /plugins/..%2F..%2Froutes%3Fx%3D"]);
  });

  it("takes no other protocol than HTTP", () =>
    expect(() => createAdminClient({ url: "file:///etc/passwd" })).toThrow("KONG_ADMIN_URL"));
});

describe("ids and tags", () => {
  it("derive the same version 5 UUID from the same action, scope and gateway, and another from any other", () => {
    const id = entityId("throttle_route", "route:r-1", "gw");
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(entityId("throttle_route", "route:r-1", "gw")).toBe(id);
    const others = [
      entityId("throttle_route", "route:r-2", "gw"),
      entityId("throttle_route", "route:r-1", "gw2"),
      entityId("other", "route:r-1", "gw"),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });

  it("say whose an entity is, what for and until when", () => {
    const tags = ownerTags("i-1", 1_763_800_000_500);
    expect(tags).toEqual(["threat-response", "tr:incident:i-1", "tr:expires:1763800000"]);
    expect([isOurs(tags), incidentOf(tags), expiryOf(tags)]).toEqual([true, "i-1", 1_763_800_000]);
    expect([isOurs(null), incidentOf([]), expiryOf(["tr:expires:soon"]), expiryOf(["tr:expires:-5"])]).toEqual([
      false,
      null,
      null,
      null,
    ]);
  });
});

it("reads for a planner what it looks at, and not one page of consumers or credentials", async () => {
  admin.entities.put("services", "s-1", { name: "shop" });
  admin.entities.put("consumers", "c-1", { username: "one" });
  admin.entities.put("key-auths", "k-1", { consumer: { id: "c-1" }, key: "hush" });
  admin.requests.length = 0;
  let seen: string[] = [];
  const plan = ({ entities }: Configuration): [] => {
    seen = Object.keys(entities);
    return [];
  };
  await driver().apply(plan, { reads: TRAFFIC_TYPES });
  expect(seen).toEqual(["services"]);
  expect(admin.requests.filter((line) => /consumer|auth|acl|jwt/.test(line))).toEqual([]);
  await driver().apply(plan);
  expect(seen).toEqual(["services", "consumers", "keyauth_credentials"]);
});
