import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

const PLUGIN_ID = "6f1a5a30-7d2c-5b51-8a53-222222222222";

describe("scope and order of plugins", () => {
  let kong: Fixture;

  const limit = (minute: number) => ({ name: "rate-limiting", config: { minute, limit_by: "ip" } });

  const statuses = async (count: number, path: string, headers: Record<string, string> = {}) => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push((await kong.proxy(path, { headers })).status);
    return seen;
  };

  beforeAll(async () => {
    kong = await startFixture();
    for (const name of ["stuffed", "denied", "ended", "masked", "moved", "keyed", "both", "switched"])
      await kong.addRoute(name);
    await kong.write("POST", "/consumers", { username: "alice" });
    await kong.write("POST", "/consumers/alice/basic-auth", { username: "alice", password: "right" });
    await kong.write("POST", "/consumers/alice/key-auth", { key: "alice-key" });
  });

  afterAll(() => kong?.stop());

  it("lets stuffing through: authentication answers before rate-limiting counts", async () => {
    await kong.write("POST", "/routes/stuffed/plugins", { name: "basic-auth" });
    await kong.write("POST", "/routes/stuffed/plugins", limit(2));
    await kong.settle();
    expect(await statuses(6, "/stuffed", basic("alice", "wrong"))).toEqual([401, 401, 401, 401, 401, 401]);
  });

  it("makes a password oracle of ip-restriction behind authentication", async () => {
    await kong.write("POST", "/routes/denied/plugins", { name: "basic-auth" });
    await kong.write("POST", "/routes/denied/plugins", { name: "ip-restriction", config: { deny: ["127.0.0.1"] } });
    await kong.settle();
    expect((await kong.proxy("/denied", { headers: basic("alice", "wrong") })).status).toBe(401);
    expect((await kong.proxy("/denied", { headers: basic("alice", "right") })).status).toBe(403);
  });

  it("ends a request with request-termination only after authentication", async () => {
    await kong.write("POST", "/routes/ended/plugins", { name: "basic-auth" });
    await kong.write("POST", "/routes/ended/plugins", { name: "request-termination", config: { status_code: 403 } });
    await kong.settle();
    expect((await kong.proxy("/ended", { headers: basic("alice", "wrong") })).status).toBe(401);
    expect((await kong.proxy("/ended", { headers: basic("alice", "right") })).status).toBe(403);
  });

  it("lets a consumer's wider limit replace the route's narrower one", async () => {
    await kong.write("POST", "/routes/masked/plugins", { name: "key-auth" });
    await kong.write("POST", "/routes/masked/plugins", limit(2));
    await kong.settle();
    expect(await statuses(3, "/masked", { apikey: "alice-key" })).toEqual([200, 200, 429]);
    const plugin = await kong.write("POST", "/consumers/alice/plugins", limit(1000));
    await kong.settle();
    expect(await statuses(5, "/masked", { apikey: "alice-key" })).toEqual([200, 200, 200, 200, 200]);
    await kong.write("DELETE", `/plugins/${plugin.id}`);
  });

  it("takes route and consumer before consumer, and service before global", async () => {
    const names = { name: "request-termination" };
    const answer = async (path: string, headers = {}) => (await kong.proxy(path, { headers })).json.message;
    const end = (message: string) => ({ ...names, config: { status_code: 200, message } });
    const consumer = { id: (await kong.write("GET", "/consumers/alice")).id };
    await kong.write("POST", "/routes/keyed/plugins", { name: "key-auth", config: { anonymous: "alice" } });
    const made = [
      await kong.write("POST", "/plugins", end("global")),
      await kong.write("POST", "/services/keyed/plugins", end("service")),
      await kong.write("POST", "/consumers/alice/plugins", end("consumer")),
    ];
    await kong.settle();
    expect(await answer("/both")).toBe("global");
    expect(await answer("/keyed")).toBe("consumer");
    made.push(await kong.write("POST", "/routes/keyed/plugins", { ...end("route and consumer"), consumer }));
    await kong.settle();
    expect(await answer("/keyed")).toBe("route and consumer");
    for (const { id } of [...made.slice(2), made[3]]) await kong.write("DELETE", `/plugins/${id}`);
    await kong.settle();
    expect(await answer("/keyed")).toBe("service");
    for (const { id } of made) await kong.write("DELETE", `/plugins/${id}`);
    await kong.settle();
  });

  it("refuses a second instance on one scope with 409, also under another id", async () => {
    const { route } = (await kong.write("POST", "/routes/both/plugins", limit(9))) as { route: { id: string } };
    const nested = await kong.admin("POST", "/routes/both/plugins", limit(8));
    expect(nested.status).toBe(409);
    expect(nested.json).toMatchObject({
      code: 5,
      name: "unique constraint violation",
      fields: { name: "rate-limiting", route, service: null, consumer: null },
    });
    const put = await kong.admin("PUT", `/plugins/${PLUGIN_ID}`, { ...limit(8), route });
    expect(put.status).toBe(409);
  });

  it("refuses an instance name that is taken with 409", async () => {
    const named = (name: string) => ({ ...limit(9), instance_name: "taken", service: { id: name } });
    const [first, second] = [await kong.write("GET", "/services/both"), await kong.write("GET", "/services/moved")];
    await kong.write("POST", "/plugins", named(first.id));
    const { status, json } = await kong.admin("POST", "/plugins", named(second.id));
    expect(status).toBe(409);
    expect(json.fields).toEqual({ instance_name: "taken" });
  });

  it("silently moves a plugin that is put again with another scope", async () => {
    const [from, to] = [await kong.write("GET", "/routes/moved"), await kong.write("GET", "/routes/keyed")];
    const on = (route: { id: string }) => ({ name: "acl", config: { deny: ["x"] }, route: { id: route.id } });
    await kong.write("PUT", `/plugins/${PLUGIN_ID}`, on(from));
    const moved = await kong.write("PUT", `/plugins/${PLUGIN_ID}`, on(to));
    expect(moved.route).toEqual({ id: to.id });
    expect((await kong.write("GET", "/routes/moved/plugins")).data).toEqual([]);
    await kong.write("DELETE", `/plugins/${PLUGIN_ID}`);
  });

  it("takes the routes of a disabled service out of routing", async () => {
    await kong.write("PATCH", "/services/moved", { enabled: false });
    await kong.untilStatus("/moved", 404);
    const { status, json } = await kong.proxy("/moved");
    expect(status).toBe(404);
    expect(json.message).toBe("no Route matched with those values");
  });

  it("leaves a disabled plugin out", async () => {
    const plugin = await kong.write("POST", "/services/switched/plugins", {
      name: "request-termination",
      enabled: false,
      config: { status_code: 503 },
    });
    await kong.settle();
    expect((await kong.proxy("/switched")).status).toBe(200);
    await kong.write("PATCH", `/plugins/${plugin.id}`, { enabled: true });
    await kong.untilStatus("/switched", 503);
  });
});
