import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { someFlood } from "../../../test/support/incident.ts";
import { testPolicy } from "../../../test/support/response.ts";
import { createAdminApiDriver, createAdminClient } from "../drivers/index.ts";
import { refusePlace } from "../policy/never-touch.ts";
import { reap } from "../reap.ts";
import { type Registration, registrationIds, wantedEntities } from "./entities.ts";
import { keepRegistered, register, unregister } from "./register.ts";

let admin: AdminServer;
const ids = registrationIds("test");
const registration: Registration = {
  gateway: "test",
  path: "/threat-response",
  auth: "key-auth",
  agentUrl: "http://127.0.0.1:8090/",
};

beforeEach(async () => {
  admin = await startAdminServer();
  admin.settings.available = ["key-auth", "basic-auth", "rate-limiting"];
});
afterEach(() => admin.close());

const driver = () => createAdminApiDriver(createAdminClient({ url: admin.url, timeout_ms: 300, backoff_ms: 1 }));
const writes = () => admin.requests.filter((line) => /^(PUT|PATCH|DELETE) /.test(line)).length;

describe("registering", () => {
  it("makes a Service, a Route and its authentication, tagged, and once only", async () => {
    expect(await register(driver(), registration)).toBe(3);
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({
      protocol: "http",
      host: "127.0.0.1",
      port: 8090,
      tags: ["threat-response", "tr:registration"],
    });
    expect(admin.routes.get(ids.route)).toMatchObject({ paths: ["/threat-response"], strip_path: true });
    expect(admin.plugins.get(ids.plugin)).toMatchObject({ name: "key-auth", config: { hide_credentials: true } });
    const before = writes();
    expect(await register(driver(), registration)).toBe(0);
    expect(writes()).toBe(before);
  });

  it("follows what the operator changes, and nothing more", async () => {
    await register(driver(), registration);
    expect(await register(driver(), { ...registration, path: "/ops", agentUrl: "https://agent.internal/" })).toBe(2);
    expect(admin.routes.get(ids.route)).toMatchObject({ paths: ["/ops"] });
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({ host: "agent.internal", port: 443 });
    expect(
      await register(driver(), { ...registration, path: "/ops", agentUrl: "https://agent.internal/", auth: "none" }),
    ).toBe(1);
    expect(admin.plugins.size).toBe(0);
  });

  it("leaves what somebody made theirs", async () => {
    await register(driver(), registration);
    admin.routes.set(ids.route, { ...admin.routes.get(ids.route), id: ids.route, tags: ["theirs"] });
    await expect(register(driver(), { ...registration, path: "/other" })).rejects.toMatchObject({ code: "conflict" });
    await expect(unregister(driver(), "test")).rejects.toMatchObject({ code: "conflict" });
    expect([admin.entities.of("services").size, admin.routes.size, admin.plugins.size]).toEqual([1, 1, 1]);
  });

  it("ends as before or as wanted, whatever call fails, and the next run completes it", async () => {
    for (const on of ["PUT /services", "PUT /routes", "PUT /plugins"]) {
      admin.misbehave({ on, times: 1, how: { status: 400 } });
      await expect(register(driver(), registration)).rejects.toThrow();
      expect([admin.entities.of("services").size, admin.routes.size, admin.plugins.size]).toEqual([0, 0, 0]);
    }
    admin.misbehave({ on: "PUT", times: 1, how: "answer lost" });
    expect(await register(driver(), registration)).toBe(3);
    expect(await register(driver(), registration)).toBe(0);
  });

  it("does nothing in a dry run or while the kill switch is on", async () => {
    const log = { info: () => undefined, warn: () => undefined };
    const registrar = { driver: driver(), registration: () => registration, mayAct: async () => null, log };
    await keepRegistered({ ...registrar, dryRun: () => true });
    await expect(
      keepRegistered({ ...registrar, dryRun: () => false, mayAct: async () => "the kill switch is on" }),
    ).rejects.toThrow("kill switch");
    expect(admin.routes.size).toBe(0);
  });
});

describe("unregistering", () => {
  it("removes all of it, and says when there is nothing", async () => {
    await register(driver(), registration);
    admin.routes.set("theirs", { id: "theirs", name: "theirs" });
    expect(await unregister(driver(), "test")).toHaveLength(3);
    expect([...admin.routes.keys()]).toEqual(["theirs"]);
    expect(await unregister(driver(), "test")).toEqual([]);
  });
});

describe("the agent's own route", () => {
  it("is never reaped", async () => {
    await register(driver(), registration);
    await reap({
      gateway: { GATEWAY_NAME: "test", KONG_ADMIN_URL: admin.url },
      now: Date.now() + 10 * 365 * 86_400_000,
    });
    expect([admin.entities.of("services").size, admin.routes.size, admin.plugins.size]).toEqual([1, 1, 1]);
  });

  it("is never touched by a plan: the policy knows it by its name", () => {
    const names = Object.fromEntries(
      wantedEntities(registration).map(({ type, entity }) => [type, String(entity.name)]),
    ) as Record<string, string>;
    const incident = someFlood({ scope: { route_id: ids.route, route_name: names.routes as string } });
    const { rails } = testPolicy.document;
    expect(refusePlace("route", { route_id: ids.route }, incident, rails, null)).toContain("never touches");
    expect(refusePlace("route", { route_id: "r-search" }, someFlood(), rails, null)).toBeNull();
  });
});
