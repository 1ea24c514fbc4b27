import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CONTROL_PLANE,
  KONNECT_TOKEN,
  type KonnectServer,
  startKonnectServer,
} from "../../../test/support/konnect-server.ts";
import type { Entity } from "./gateway.ts";
import { createKonnectDriver } from "./konnect.ts";

let konnect: KonnectServer;
let alarms: string[];
beforeEach(async () => {
  konnect = await startKonnectServer();
  alarms = [];
  konnect.entities.put("services", "s-1", { name: "shop" });
  konnect.entities.put("routes", "r-1", { name: "search", service: { id: "s-1" }, methods: ["GET", "POST"] });
  konnect.entities.put("upstreams", "u-1", { name: "spare" });
  konnect.entities.put("consumers", "c-1", { username: "one" });
  konnect.entities.put("key-auths", "k-1", { consumer: { id: "c-1" }, key: "hush" });
});
afterEach(() => konnect.close());

const driver = (token = KONNECT_TOKEN) =>
  createKonnectDriver({
    region: "eu",
    controlPlane: CONTROL_PLANE,
    token,
    url: konnect.url,
    fingerprintKey: "a key of the tests",
    backoff_ms: 1,
    patience: { tries: 2, backoff_ms: 1 },
    look_every_ms: 1,
    onAlarm: (detail) => void alarms.push(detail),
  });

const node = (hostname: string, config_hash: string, age_s = 1) => ({
  id: hostname,
  hostname,
  version: "3.10.0.1",
  last_ping: Math.floor(Date.now() / 1000) - age_s,
  config_hash,
});

describe("Konnect", () => {
  it("tells what it is, and that a group of control planes takes nothing", async () => {
    konnect.nodes.push(node("dp-1", "a"));
    expect(await driver().probe()).toMatchObject({ kind: "konnect", writable: true, version: "3.10.0.1" });
    konnect.settings.clusterType = "CLUSTER_TYPE_CONTROL_PLANE_GROUP";
    expect(await driver().probe()).toMatchObject({ writable: false });
  });

  it("is read page by page, without secrets", async () => {
    konnect.settings.pageSize = 1;
    for (let i = 0; i < 3; i++) konnect.entities.put("plugins", `p-${i}`, { name: `plugin-${i}` });
    konnect.entities.put("targets", "t-1", { upstream: { id: "u-1" }, target: "10.0.0.1:80" });
    const { entities } = await driver().read();
    expect(entities.plugins?.map(({ id }) => id)).toEqual(["p-0", "p-1", "p-2"]);
    expect(entities.targets?.map(({ id }) => id)).toEqual(["t-1"]);
    expect(JSON.stringify(entities)).not.toContain("hush");
  });

  it("gets whole entities, below those they belong to, and has them as before when it is taken back", async () => {
    const { hash } = await driver().read();
    const route = (await driver().get("routes", "r-1")) as Entity;
    const key = (await driver().get("keyauth_credentials", "k-1")) as Entity;
    const applied = await driver().apply([
      { op: "update", type: "routes", id: "r-1", expect: route, set: { methods: ["GET"] } },
      { op: "create", type: "targets", entity: { id: "t-1", upstream: { id: "u-1" }, target: "10.0.0.1:80" } },
      { op: "create", type: "acls", entity: { id: "a-1", consumer: { id: "c-1" }, group: "blocked" } },
      { op: "update", type: "keyauth_credentials", id: "k-1", expect: key, set: { tags: ["x"] } },
    ]);
    expect(
      konnect.requests.filter((line) => line.startsWith("PUT")).map((line) => line.split("core-entities")[1]),
    ).toEqual(["/routes/r-1", "/upstreams/u-1/targets/t-1", "/consumers/c-1/acls/a-1", "/consumers/c-1/key-auth/k-1"]);
    expect(konnect.entities.of("routes").get("r-1")).toMatchObject({ name: "search", methods: ["GET"] });
    expect(konnect.entities.of("key-auths").get("k-1")).toMatchObject({ key: "hush", tags: ["x"] });
    await driver().apply([
      { op: "update", type: "keyauth_credentials", id: "k-1", expect: applied[3]!.after!, set: { tags: null } },
      { op: "delete", type: "acls", id: "a-1", expect: applied[2]!.after! },
      { op: "delete", type: "targets", id: "t-1", expect: applied[1]!.after! },
      { op: "update", type: "routes", id: "r-1", expect: applied[0]!.after!, set: { methods: route.methods } },
    ]);
    expect((await driver().read()).hash).toBe(hash);
  });

  it("is asked again when it wants fewer requests", async () => {
    konnect.settings.limited = 2;
    expect(await driver().get("routes", "r-1")).toMatchObject({ name: "search" });
  });

  it("refuses a wrong token in its own words", async () => {
    await expect(driver("kpat_wrong").read()).rejects.toMatchObject({ code: "unauthorized", message: /Unauthorized/ });
  });

  it("is in force when every live node has another hash than before, and raises the alarm when one has not", async () => {
    konnect.settings.pageSize = 1;
    konnect.nodes.push(node("dp-1", "a"), node("dp-2", "a"), node("gone", "a", 10_000));
    const opened = driver();
    expect(await opened.awaitPropagation({ deadline_ms: 5 })).toEqual({ reached: true, detail: "nothing was written" });
    await opened.apply([{ op: "create", type: "plugins", entity: { id: "p-1", name: "acl", route: { id: "r-1" } } }]);
    konnect.nodes[0]!.config_hash = "b";
    expect(await opened.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: false, detail: /1 of 2.*dp-2/ });
    expect(alarms).toHaveLength(1);
    konnect.nodes[1]!.config_hash = "b";
    expect(await opened.awaitPropagation({ deadline_ms: 1_000 })).toEqual({
      reached: true,
      detail: "2 data planes have it",
    });
  });
});
