import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminApiDriver } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import type { GatewayDriver } from "./gateway.ts";

let admin: AdminServer;
let alarms: string[];
let driver: GatewayDriver;
beforeEach(async () => {
  admin = await startAdminServer();
  alarms = [];
  driver = createAdminApiDriver(createAdminClient({ url: admin.url, backoff_ms: 1 }), {
    onAlarm: (detail) => void alarms.push(detail),
    look_every_ms: 1,
  });
});
afterEach(() => admin.close());

const write = () => driver.apply([{ op: "create", type: "plugins", entity: { id: "p-1", name: "acl" } }]);
const plane = (hostname: string, config_hash: string, age_s = 1) => ({
  id: hostname,
  hostname,
  config_hash,
  last_seen: Math.floor(Date.now() / 1000) - age_s,
});

describe("a write to a control plane", () => {
  beforeEach(() => {
    admin.settings.role = "control_plane";
    admin.dataPlanes.push(plane("dp-1", "a"), plane("dp-2", "a"), plane("gone", "a", 10_000));
  });

  it("is in force when the hash of every live data plane has moved", async () => {
    await write();
    const looked = admin.requests.length;
    admin.meanwhile = () => {
      if (admin.requests.length > looked + 3) for (const one of admin.dataPlanes.slice(0, 2)) one.config_hash = "b";
    };
    expect(await driver.awaitPropagation({ deadline_ms: 10_000 })).toEqual({
      reached: true,
      detail: "2 data planes have it",
    });
    expect(alarms).toEqual([]);
  });

  it("does not wait for data planes that have come since", async () => {
    await write();
    for (const one of admin.dataPlanes) one.config_hash = "b";
    admin.dataPlanes.push(plane("new", "c"));
    expect(await driver.awaitPropagation({ deadline_ms: 100 })).toMatchObject({ reached: true });
  });

  it("raises the alarm when one does not follow, and names it", async () => {
    await write();
    admin.dataPlanes[0]!.config_hash = "b";
    expect(await driver.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: false });
    expect(alarms).toEqual(["1 of 2 data planes still run on the former configuration: dp-2"]);
  });
});

describe("a write to a gateway with a database", () => {
  it("is in force when it is seen to be, or when all nodes had the time to look", async () => {
    await write();
    let looks = 0;
    expect(await driver.awaitPropagation({ probe: async () => ++looks === 3 })).toMatchObject({ reached: true });
    expect(looks).toBe(3);
    expect(await driver.awaitPropagation()).toMatchObject({ reached: true });
    admin.settings.update_s = 60;
    expect(await driver.awaitPropagation({ deadline_ms: 1 })).toMatchObject({ reached: false });
  });

  it("raises the alarm when it is never seen", async () => {
    await write();
    expect(await driver.awaitPropagation({ deadline_ms: 5, probe: async () => false })).toMatchObject({
      reached: false,
    });
    expect(alarms).toHaveLength(1);
  });

  it("that wrote nothing is not waited for", async () => {
    expect(await driver.awaitPropagation()).toEqual({ reached: true, detail: "nothing was written" });
    await write();
    const requests = admin.requests.length;
    expect(requests).toBeGreaterThan(0);
  });
});
