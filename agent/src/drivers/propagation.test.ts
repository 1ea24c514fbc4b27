import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminApiDriver } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import type { Change, Entity, GatewayDriver } from "./gateway.ts";

let admin: AdminServer;
let alarms: string[];
let driver: GatewayDriver;
beforeEach(async () => {
  admin = await startAdminServer();
  alarms = [];
  driver = createAdminApiDriver(createAdminClient({ url: admin.url, backoff_ms: 1 }), {
    onAlarm: (detail) => void alarms.push(detail),
    look_every_ms: 1,
    settle_ms: 60_000,
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

describe("writes to a control plane, one soon after the other", () => {
  const hashes = (hash: string) => {
    for (const one of admin.dataPlanes) one.config_hash = hash;
  };
  const writes = () => admin.requests.filter((line) => /^(PUT|PATCH|DELETE) /.test(line)).length;
  /** Calls back once the hashes were looked at so often. */
  const afterLooks = (looks: number, then: () => void) => {
    const isLook = (line: string) => line.includes("/clustering/data-planes");
    const before = admin.requests.filter(isLook).length;
    admin.meanwhile = () => {
      if (admin.requests.filter(isLook).length === before + looks) then();
    };
  };

  beforeEach(async () => {
    admin.settings.role = "control_plane";
    admin.dataPlanes.push(plane("dp-1", "a"));
    await write();
  });

  it("wait for each other, so that the hash of the first is not taken for that of the second", async () => {
    let written = 0;
    afterLooks(5, () => {
      written = writes();
      hashes("b");
    });
    await driver.apply([{ op: "create", type: "plugins", entity: { id: "p-2", name: "cors" } }]);
    expect(written).toBe(1);
    expect(writes()).toBe(2);
    expect(await driver.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: false });
    hashes("c");
    expect(await driver.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: true });
  });

  it("arrive also where the second takes the first back, after which the hash is as it was", async () => {
    const created = (await driver.get("plugins", "p-1")) as Entity;
    afterLooks(3, () => hashes("b"));
    await driver.apply([{ op: "delete", type: "plugins", id: "p-1", expect: created }]);
    hashes("a");
    expect(await driver.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: true });
    expect(alarms).toEqual([]);
  });

  it("do not wait at all for who does not ask when they arrive", async () => {
    const options = { look_every_ms: 1, settle_ms: 0 };
    const hasty = createAdminApiDriver(createAdminClient({ url: admin.url }), options);
    const looks = () => admin.requests.filter((line) => line.includes("/clustering/data-planes")).length;
    const before = looks();
    for (const id of ["p-2", "p-3"]) await hasty.apply([{ op: "create", type: "plugins", entity: { id, name: id } }]);
    expect(looks() - before).toBe(2);
  });

  it("do not wait for ever for a data plane that does not follow", async () => {
    const impatient = createAdminApiDriver(createAdminClient({ url: admin.url }), { look_every_ms: 1, settle_ms: 5 });
    for (const id of ["p-2", "p-3"])
      await impatient.apply([{ op: "create", type: "plugins", entity: { id, name: id } }]);
    expect(admin.plugins.has("p-3")).toBe(true);
  });
});

describe("a write of what data planes are not sent", () => {
  const disabled = { enabled: false };
  const given: [string, Change][] = [
    ["a disabled plugin", { op: "create", type: "plugins", entity: { id: "n", name: "acl", ...disabled } }],
    ["a route of a disabled service", { op: "create", type: "routes", entity: { id: "n", service: { id: "off" } } }],
    [
      "a plugin on such a route",
      { op: "create", type: "plugins", entity: { id: "n", name: "acl", route: { id: "r-off" } } },
    ],
  ];

  beforeEach(() => {
    admin.settings.role = "control_plane";
    admin.dataPlanes.push(plane("dp-1", "a"));
    admin.entities.put("services", "off", { name: "off", ...disabled });
    admin.entities.put("services", "on", { name: "on" });
    admin.entities.put("routes", "r-off", { name: "r-off", service: { id: "off" } });
  });

  it.each(given)("is waited for in vain by nobody: %s", async (_, change) => {
    await driver.apply([change]);
    expect(await driver.awaitPropagation({ deadline_ms: 60_000 })).toMatchObject({ reached: true });
    expect(alarms).toEqual([]);
  });

  it("is waited for where it was sent before", async () => {
    const expected = (await driver.get("services", "on")) as Entity;
    await driver.apply([{ op: "update", type: "services", id: "on", expect: expected, set: disabled }]);
    expect(await driver.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: false });
    expect(alarms).toHaveLength(1);
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
