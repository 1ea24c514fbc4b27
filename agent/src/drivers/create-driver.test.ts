import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { createDriver } from "./create-driver.ts";
import type { Change } from "./gateway.ts";

let admin: AdminServer;
beforeEach(async () => {
  admin = await startAdminServer();
});
afterEach(() => admin.close());

const CREATE: Change[] = [{ op: "create", type: "plugins", entity: { id: "p-1", name: "acl" } }];
const config = () => ({
  GATEWAY_NAME: "test",
  KONG_ADMIN_URL: admin.url,
  WRITE_INTERVAL_S: 0,
  FEED_SECRET: "a secret",
});

describe("the driver of a gateway", () => {
  it("is none where no gateway is configured", () => expect(createDriver({ GATEWAY_NAME: "test" })).toBeNull());

  it("writes entities where there is a database, and a document where there is none", async () => {
    await createDriver(config())!.apply(CREATE);
    expect(admin.requests).toContain("PUT /plugins/p-1");
    admin.settings.database = "off";
    admin.plugins.clear();
    await createDriver(config())!.apply(CREATE);
    expect(admin.requests).toContain("POST /config");
    expect(admin.plugins.has("p-1")).toBe(true);
  });

  it("asks again what the gateway is when it could not be reached", async () => {
    const driver = createDriver(config(), { retries: 0 })!;
    admin.misbehave({ times: 1, how: { status: 500 } });
    await expect(driver.read()).rejects.toMatchObject({ code: "broken" });
    expect((await driver.read()).entities).toEqual({});
  });

  it("has the same fingerprints in every run, and others for another gateway", async () => {
    admin.entities.put("consumers", "c-1", { username: "one" });
    admin.entities.put("key-auths", "k-1", { consumer: { id: "c-1" }, key: "hush" });
    const key = async (name: string) =>
      (await createDriver({ ...config(), GATEWAY_NAME: name })!.get("keyauth_credentials", "k-1"))?.key;
    expect(await key("a")).toBe(await key("a"));
    expect(await key("a")).not.toBe(await key("b"));
  });

  it("watches by itself whether a document that it posted is followed", async () => {
    admin.settings.database = "off";
    const alarms: string[] = [];
    const driver = createDriver(config(), { onAlarm: (detail) => void alarms.push(detail) })!;
    await driver.apply(CREATE);
    const posted_at = admin.requests.indexOf("POST /config");
    await eventually(() =>
      expect(admin.requests.slice(posted_at + 1).filter((line) => line === "GET /status").length).toBeGreaterThan(1),
    );
    expect(alarms).toEqual([]);
  });
});
