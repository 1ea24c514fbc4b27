import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { callRaw } from "../../support/http.ts";
import { freePort } from "../../support/processes.ts";
import { type Fixture, startFixture } from "./fixture.ts";

describe("phases", () => {
  let kong: Fixture;

  beforeAll(async () => {
    process.env.CONFORMANCE_SECRET = "from the environment";
    kong = await startFixture();
    await kong.addRoute("plain");
    await kong.addRoute("slow", { paths: ["/slow"], strip_path: false });
    const key = await kong.addRoute("key");
    await kong.write("POST", "/consumers", { username: "alice" });
    await kong.write("POST", "/consumers/alice/key-auth", { key: "alice-key" });
    await kong.write("POST", `/routes/${key.route}/plugins`, { name: "key-auth" });
    await kong.write("POST", "/services", { name: "dead", host: "127.0.0.1", port: await freePort() });
    await kong.write("POST", "/services/dead/routes", { name: "dead", paths: ["/dead"] });
    await kong.write("POST", "/plugins", { name: "conformance-probe", config: { label: "global" } });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  it("runs rewrite, access, header_filter and log of a global instance, in this order", async () => {
    const { answer, seen } = await kong.observe("/plain/x");
    expect(answer.status).toBe(200);
    expect(seen).toMatchObject({
      phases: "rewrite,access,header_filter,log",
      source: "service",
      route: "plain",
      status: 200,
    });
  });

  it("runs rewrite and log, and not access, for a request without a route", async () => {
    const { answer, seen } = await kong.observe("/nowhere");
    expect(answer.status).toBe(404);
    expect(answer.json.message).toBe("no Route matched with those values");
    expect(seen).toMatchObject({ phases: "rewrite,header_filter,log", source: "exit", status: 404 });
    expect(seen!.route).toBeUndefined();
  });

  it.each(["rewrite", "access"])(
    "ends the request for good when %s exits inside a pcall, and log sees it",
    async (phase) => {
      const before = kong.upstream.count();
      const { answer, seen, after } = await kong.observe("/plain", { headers: { "x-probe-do": `${phase}-exit` } });
      expect(answer.status).toBe(403);
      expect(answer.headers["x-probe"]).toBe(phase);
      expect(answer.json).toEqual({ message: "probe" });
      expect(after).toBeUndefined();
      expect(kong.upstream.count()).toBe(before);
      expect(seen).toMatchObject({ source: "exit", status: 403 });
    },
  );

  it("keeps kong.ctx.plugin from access to log", async () => {
    const { seen } = await kong.observe("/plain", { headers: { "x-probe-do": "access-exit" } });
    expect(seen).toMatchObject({ mark: "exited in access", access_label: "global" });
  });

  it("keeps kong.ctx.plugin from rewrite to log when rewrite ends a request without a route", async () => {
    const { answer, seen } = await kong.observe("/nowhere", { headers: { "x-probe-do": "rewrite-exit" } });
    expect(answer.status).toBe(403);
    expect(seen).toMatchObject({ mark: "exited in rewrite", source: "exit" });
  });

  it("turns an error in access into a 500 that says nothing", async () => {
    const { answer, seen } = await kong.observe("/plain", { headers: { "x-probe-do": "access-error" } });
    expect(answer.status).toBe(500);
    expect(answer.json.message).toBe("An unexpected error occurred");
    expect(seen).toMatchObject({ source: "error", status: 500 });
  });

  it("answers the client although log fails", async () => {
    const { answer, seen } = await kong.observe("/plain", { headers: { "x-probe-do": "log-error" } });
    expect(answer.status).toBe(200);
    expect(seen!.source).toBe("service");
  });

  it("names the source of a response: the upstream's own 500 is the service's", async () => {
    const { answer, seen } = await kong.observe("/plain?status=500");
    expect(answer.status).toBe(500);
    expect(seen).toMatchObject({ source: "service", status: 500 });
  });

  it("names the source of a response: an upstream that cannot be reached is an error, 502", async () => {
    const { answer, seen } = await kong.observe("/dead", { headers: { accept: "application/json" } });
    expect(answer.status).toBe(502);
    expect(answer.json.message).toBe("An invalid response was received from the upstream server");
    expect(seen).toMatchObject({ source: "error", status: 502 });
  });

  it("answers for nginx as plain text when the client asks for nothing, and for plugins as JSON", async () => {
    const { headers, text } = await kong.proxy("/dead");
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(text).toMatch(/^An invalid response was received from the upstream server\nrequest_id: [0-9a-f]{32}\n$/);
    expect((await kong.proxy("/nowhere")).headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  it.each([
    ["text/html", "text/html; charset=utf-8", "<p>no Route matched with those values.</p>"],
    ["application/xml", "application/xml; charset=utf-8", "<message>no Route matched with those values</message>"],
    ["text/plain", "text/plain; charset=utf-8", "no Route matched with those values\nrequest_id: "],
    [
      "text/html;q=0.5, application/json",
      "application/json; charset=utf-8",
      '"message":"no Route matched with those values"',
    ],
  ])("answers a client that accepts %s in kind", async (accept, type, part) => {
    const { headers, text } = await kong.proxy("/nowhere", { headers: { accept } });
    expect(headers["content-type"]).toBe(type);
    expect(text).toContain(part);
  });

  it("names the source of a response: another plugin's 401 is an exit, and access before it has run", async () => {
    const { answer, seen } = await kong.observe("/key");
    expect(answer.status).toBe(401);
    expect(seen).toMatchObject({ source: "exit", status: 401, phases: "rewrite,access,header_filter,log" });
    expect(seen!.consumer).toBeUndefined();
  });

  it("knows consumer and credential in log, after a plugin with a lower priority authenticated", async () => {
    const { answer, seen } = await kong.observe("/key", { headers: { apikey: "alice-key" } });
    expect(answer.status).toBe(200);
    expect(seen).toMatchObject({ consumer: "alice", source: "service" });
    expect(seen!.credential).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("logs a request line that nginx refuses, as an error with status 400", async () => {
    const received = await callRaw(kong.gateway.proxyUrl, "GET /bad path HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received).toContain("Bad request");
    const { log } = await eventually(async () => {
      const found = await kong.readProbe("none");
      if (found.log!.status !== 400) throw new Error("not logged");
      return found;
    });
    expect(log!.source).toBe("error");
    expect(log!.route).toBeUndefined();
  });

  it("reads a body from the buffer, and from the file only up to a stated size", async () => {
    const read = async (size: number) =>
      (await kong.proxy("/plain", { headers: { "x-probe-do": "access-body" }, body: "b".repeat(size) })).json;
    expect(await read(100)).toMatchObject({ plain: 100, limited: 100 });
    const large = await read(15_000);
    expect(large.plain).toBeUndefined();
    expect(large.plain_error).toMatch(/^request body did not fit into client body buffer/);
    expect(large.limited).toBe(15_000);
    const huge = await read(30_000);
    expect(huge.limited_error).toBe("request body file too big: 30000 > 20000");
  });

  it("gives an empty body for a request without one", async () => {
    const { json } = await kong.proxy("/plain", { headers: { "x-probe-do": "access-body" } });
    expect(json).toMatchObject({ plain: 0, limited: 0 });
  });

  it("tells plugins about request, client and node", async () => {
    const headers = {
      "x-probe-do": "access-describe",
      "x-probe-repeated": ["one", "two"],
      "x-forwarded-for": "203.0.113.9",
    };
    const { json, headers: answered } = await kong.proxy("/plain/a%2fb/%41/../c?x=1&y", { headers });
    expect(json).toMatchObject({
      method: "GET",
      path: "/plain/a%2Fb/c",
      raw_path: "/plain/a%2fb/%41/../c",
      raw_query: "x=1&y",
      host: "127.0.0.1",
      header: "one",
      route: "plain",
      service: "plain",
      trusted: false,
    });
    expect(json.node_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(json.plugin_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(json.request_id).toMatch(/^[0-9a-f]{32}$/);
    expect(answered["x-kong-request-id"]).toBe(json.request_id);
  });

  it("lets nginx write the body when a plugin exits with a status alone", async () => {
    const { status, text } = await kong.proxy("/plain", { headers: { "x-probe-do": "access-empty" } });
    expect(status).toBe(403);
    expect(text).toContain("<title>403 Forbidden</title>");
  });

  it("takes an exit with a status alone for a failure where the gateway has a page of its own for the status", async () => {
    const { answer, seen } = await kong.observe("/plain", { headers: { "x-probe-do": "access-empty-404" } });
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(/^Not found\nrequest_id: /);
    expect(seen).toMatchObject({ source: "error", status: 404 });
  });

  it("runs init_worker and configure in every worker", async () => {
    const { json } = await kong.proxy("/", { headers: { "x-probe-read": "workers" } });
    expect(json.workers).toHaveLength(2);
    for (const worker of json.workers) {
      expect(worker.init_worker).toBeGreaterThan(0);
      expect(worker.configure).toBe(1);
    }
  });

  it("runs configure again with every instance after a change", async () => {
    const { json: plugin } = await kong.admin("POST", "/routes/plain/plugins", { name: "conformance-probe" });
    await eventually(async () => {
      const { json } = await kong.proxy("/", { headers: { "x-probe-read": "workers" } });
      expect(json.workers.map(({ configure }: { configure: number }) => configure)).toEqual([2, 2]);
    });
    await kong.write("DELETE", `/plugins/${plugin.id}`);
    await kong.settle();
  });

  it("runs the narrower instance instead of the global one in access and log, and only the global one in rewrite", async () => {
    const body = { name: "conformance-probe", config: { label: "route" } };
    const plugin = await kong.write("POST", "/routes/plain/plugins", body);
    await kong.settle();
    const { seen } = await kong.observe("/plain");
    expect(seen).toMatchObject({ phases: "rewrite,access,header_filter,log", label: "route", access_label: "route" });
    await kong.write("DELETE", `/plugins/${plugin.id}`);
    await kong.settle();
    expect((await kong.observe("/plain")).seen).toMatchObject({ label: "global" });
  });

  it("hands plugins the value of a vault reference, and the Admin API the reference", async () => {
    const config = { label: "{vault://env/conformance-secret}" };
    const plugin = await kong.write("POST", "/routes/plain/plugins", { name: "conformance-probe", config });
    expect(plugin.config).toEqual(config);
    await kong.settle();
    const { seen } = await kong.observe("/plain");
    expect(seen).toMatchObject({ label: "from the environment", access_label: "from the environment" });
    await kong.write("DELETE", `/plugins/${plugin.id}`);
    await kong.settle();
  });

  it("keeps shared dictionaries over a reload, and starts plugins again", async () => {
    await kong.proxy("/plain", { headers: { "x-probe-do": "keep" } });
    const before = await kong.gateway.workerPids();
    await kong.gateway.reload();
    const pids = await kong.gateway.workerPids();
    expect(pids.some((pid) => before.includes(pid))).toBe(false);
    await eventually(async () => {
      const { json } = await kong.proxy("/", { headers: { "x-probe-read": "workers" } });
      expect(json.kept).toBe("kept");
      const started = json.workers.map((worker: { init_worker: number }) => worker.init_worker);
      expect(started.sort()).toEqual([...pids].sort());
    });
  });
});
