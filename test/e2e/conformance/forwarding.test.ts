import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

const describeRequest = (headers: Record<string, string> = {}) => ({
  headers: { "x-probe-do": "access-describe", ...headers },
});

describe("client addresses behind a trusted proxy", () => {
  let kong: Fixture;

  beforeAll(async () => {
    kong = await startFixture({ trustedIps: ["127.0.0.1", "198.51.100.0/24"] });
    await kong.addRoute("r");
    await kong.write("POST", "/plugins", { name: "conformance-probe" });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  it.each([
    ["the only address", "203.0.113.5", "203.0.113.5"],
    ["the last that is not a trusted proxy", "192.0.2.1, 203.0.113.5, 198.51.100.7", "203.0.113.5"],
    ["not what a client put in front", "10.0.0.1, 203.0.113.5", "203.0.113.5"],
    ["the first when all are trusted", "198.51.100.1, 198.51.100.2", "198.51.100.1"],
    ["an IPv6 address", "2001:db8::5", "2001:db8::5"],
    ["the peer where the header is no address", "not-an-address", "127.0.0.1"],
  ])("is %s", async (_what, header, expected) => {
    const { json } = await kong.proxy("/r", describeRequest({ "x-forwarded-for": header }));
    expect(json).toMatchObject({
      forwarded_ip: expected,
      remote_addr: expected,
      ip: "127.0.0.1",
      peer: "127.0.0.1",
      trusted: true,
    });
  });

  it("is told to the upstream with the chain", async () => {
    const { json } = await kong.proxy("/r", { headers: { "x-forwarded-for": "203.0.113.5" } });
    expect(json.headers["x-real-ip"]).toBe("203.0.113.5");
    expect(json.headers["x-forwarded-for"]).toBe("203.0.113.5, 127.0.0.1");
  });

  it("takes over the forwarded protocol, host and port of a trusted proxy", async () => {
    const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "shop.example", "x-forwarded-port": "443" };
    const { json } = await kong.proxy("/r", { headers });
    expect(json.headers).toMatchObject(headers);
  });
});

describe("client addresses from untrusted peers", () => {
  let kong: Fixture;

  beforeAll(async () => {
    kong = await startFixture();
    await kong.addRoute("r");
    await kong.write("POST", "/plugins", { name: "conformance-probe" });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  it("ignores a forged X-Forwarded-For", async () => {
    const { json } = await kong.proxy(
      "/r",
      describeRequest({ "x-forwarded-for": "203.0.113.5", "x-real-ip": "203.0.113.6" }),
    );
    expect(json).toMatchObject({
      forwarded_ip: "127.0.0.1",
      remote_addr: "127.0.0.1",
      ip: "127.0.0.1",
      trusted: false,
    });
  });

  it("passes the forged chain on with the peer behind it, and nothing else that is forged", async () => {
    const headers = {
      "x-forwarded-for": "203.0.113.5",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "forged.example",
    };
    const { json } = await kong.proxy("/r", { headers });
    expect(json.headers).toMatchObject({
      "x-forwarded-for": "203.0.113.5, 127.0.0.1",
      "x-real-ip": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "127.0.0.1",
    });
  });
});

describe("routing", () => {
  let kong: Fixture;

  const add = async (name: string, service: object, route: object) => {
    const target = { host: "127.0.0.1", port: kong.upstream.port, ...service };
    await kong.write("POST", "/services", { name, ...target });
    await kong.write("POST", `/services/${name}/routes`, { name, ...route });
  };

  const routed = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
    const { json } = await kong.proxy(path, { method, headers: { "x-probe-do": "access-describe", ...headers } });
    return json.route as string | undefined;
  };

  const upstreamUrl = async (path: string) => (await kong.proxy(path)).json.url as string;

  beforeAll(async () => {
    kong = await startFixture();
    await add("short", {}, { paths: ["/a"] });
    await add("long", {}, { paths: ["/a/longer"] });
    await add("regex", {}, { paths: ["~/a/\\d+$"] });
    await add("host", {}, { hosts: ["shop.example"] });
    await add("host-path", {}, { hosts: ["shop.example"], paths: ["/a"] });
    await add("wildcard", {}, { hosts: ["*.wild.example"] });
    await add("method", {}, { paths: ["/a"], methods: ["DELETE"] });
    await add("header", {}, { paths: ["/a"], headers: { "x-version": ["2", "3"] } });
    await add("based", { path: "/base" }, { paths: ["/based"] });
    await add("based-slash", { path: "/base/" }, { paths: ["/with-slash"] });
    await add("kept", { path: "/base" }, { paths: ["/kept"], strip_path: false });
    await add("host-kept", {}, { paths: ["/host-kept"], preserve_host: true });
    await kong.write("POST", "/routes", { name: "no-service", paths: ["/no-service"] });
    await kong.write("POST", "/plugins", { name: "conformance-probe" });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  it.each([
    ["/a", {}, "GET", "short"],
    ["/ab", {}, "GET", "short"],
    ["/a/longer/x", {}, "GET", "long"],
    ["/a/17", {}, "GET", "regex"],
    ["/a/17x", {}, "GET", "short"],
    ["/x", { host: "shop.example" }, "GET", "host"],
    ["/a", { host: "shop.example" }, "GET", "host-path"],
    ["/x", { host: "any.wild.example" }, "GET", "wildcard"],
    ["/a", {}, "DELETE", "method"],
    ["/a", { "x-version": "3" }, "GET", "header"],
    ["/a", { "x-version": "4" }, "GET", "short"],
    ["/x/../a/longer", {}, "GET", "long"],
    ["/%61/longer", {}, "GET", "long"],
    ["//a//longer", {}, "GET", "long"],
  ])("takes %s %j %s to the route %s", async (path, headers, method, route) => {
    expect(await routed(path, headers, method)).toBe(route);
  });

  it.each([
    ["/a", "/"],
    ["/a/x?b=1&c", "/x?b=1&c"],
    ["/ab", "/b"],
    ["/a/?", "/?"],
    ["/based", "/base"],
    ["/based/x", "/base/x"],
    ["/basedx", "/base/x"],
    ["/with-slashx", "/base/x"],
    ["/with-slash/x", "/base/x"],
    ["/kept/x", "/base/kept/x"],
    ["/a/17", "/"],
    ["/a/x%20y%2Fz", "/x%20y%2Fz"],
  ])("asks the upstream for %s as %s", async (path, url) => {
    expect(await upstreamUrl(path)).toBe(url);
  });

  it("sends the service's host, or the client's where the route says so", async () => {
    expect((await kong.proxy("/a")).json.headers.host).toBe(`127.0.0.1:${kong.upstream.port}`);
    const kept = await kong.proxy("/host-kept", { headers: { host: "client.example" } });
    expect(kept.json.headers.host).toBe("client.example");
  });

  it("tells the upstream the stripped prefix and the request's id", async () => {
    const { json, headers } = await kong.proxy("/a/x");
    expect(json.headers["x-forwarded-prefix"]).toBe("/a");
    expect(json.headers["x-kong-request-id"]).toBe(headers["x-kong-request-id"]);
    expect(json.headers["x-forwarded-path"]).toBe("/a/x");
  });

  it("passes method, body and the upstream's status through", async () => {
    const { status, json } = await kong.proxy("/a?status=207", { method: "PATCH", body: "text" });
    expect(status).toBe(207);
    expect(json).toMatchObject({ method: "PATCH", body: "text" });
  });

  it("answers 503 for a route without a service", async () => {
    const { status, json } = await kong.proxy("/no-service");
    expect(status).toBe(503);
    expect(json.message).toBe("no Service found with those values");
  });

  it("clears and sets headers to the upstream before routing: a rewrite can steer a route that matches on headers", async () => {
    const steer = `return function()
      kong.service.request.clear_header("X-Steer")
      if kong.request.get_raw_query() == "steer" then kong.service.request.set_header("X-Steer", "on") end
    end`;
    await add("steered", {}, { paths: ["/steer"], headers: { "x-steer": ["on"] } });
    await add("unsteered", {}, { paths: ["/steer"] });
    const plugin = await kong.write("POST", "/plugins", { name: "pre-function", config: { rewrite: [steer] } });
    await kong.settle();
    expect(await routed("/steer?steer")).toBe("steered");
    expect(await routed("/steer", { "x-steer": "on" })).toBe("unsteered");
    await kong.write("DELETE", `/plugins/${plugin.id}`);
    await kong.settle();
    expect(await routed("/steer", { "x-steer": "on" })).toBe("steered");
  });
});
