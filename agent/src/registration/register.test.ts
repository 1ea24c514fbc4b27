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
    expect(await register(driver(), registration)).toBe(4);
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
    expect(await register(driver(), registration)).toBe(4);
    expect(await register(driver(), registration)).toBe(0);
  });

  /** The gateway would let somebody in without asking who it is. */
  const isOpen = () => {
    const service = admin.entities.of("services").get(ids.service);
    return admin.routes.has(ids.route) && service?.enabled !== false && !admin.plugins.has(ids.plugin);
  };

  it.each<[string, () => void]>([
    [
      "made for the first time",
      () => {
        admin.entities.remove("routes", ids.route);
        admin.entities.remove("services", ids.service);
      },
    ],
    ["made again after its route was removed", () => void admin.entities.remove("routes", ids.route)],
    ["made again after its authentication was removed", () => void admin.plugins.delete(ids.plugin)],
  ])("is open to nobody at any moment when it is %s", async (_what, remove) => {
    await register(driver(), registration);
    remove();
    const wasOpen = isOpen();
    const seen: boolean[] = [];
    admin.meanwhile = (line) => {
      if (line.startsWith("PUT /plugins")) expect(isOpen()).toBe(false);
      if (/^(PUT|PATCH) /.test(line)) seen.push(isOpen());
    };
    await register(driver(), registration);
    // What somebody opened by hand is open until the first write.
    expect(seen).toEqual(seen.map((_, i) => i === 0 && wasOpen));
    expect(seen.length).toBeGreaterThan(1);
    expect([isOpen(), admin.entities.of("services").get(ids.service)]).toMatchObject([
      false,
      { enabled: true, tags: ["threat-response", "tr:registration"] },
    ]);
  });

  it("is opened only when authentication is in force on all nodes, by the next run where that took too long", async () => {
    const late = { ...driver(), awaitPropagation: async () => ({ reached: false, detail: "not yet" }) };
    expect(await register(late, registration)).toBe(3);
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({ enabled: false });
    expect(await register(driver(), { ...registration, agentUrl: "http://elsewhere:1/" })).toBe(2);
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({ enabled: true, host: "elsewhere" });
  });

  it("is opened by a control plane at once, which sends nothing of a disabled service that could be waited for", async () => {
    admin.settings.role = "control_plane";
    admin.dataPlanes.push({ id: "dp-1", hostname: "dp-1", last_seen: Date.now() / 1000, config_hash: "as before" });
    expect(await register(driver(), registration)).toBe(4);
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({ enabled: true });
  });

  it("stays disabled where an operator disabled it", async () => {
    await register(driver(), registration);
    const service = admin.entities.of("services").get(ids.service)!;
    admin.entities.put("services", ids.service, { ...service, enabled: false });
    admin.plugins.delete(ids.plugin);
    expect(await register(driver(), registration)).toBe(1);
    expect(admin.entities.of("services").get(ids.service)).toMatchObject({ enabled: false });
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
