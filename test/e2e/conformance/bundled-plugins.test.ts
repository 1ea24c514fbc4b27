import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callRaw } from "../../support/http.ts";
import { type Fixture, startFixture } from "./fixture.ts";

describe("bundled plugins", () => {
  let kong: Fixture;

  const add = async (name: string, ...plugins: object[]) => {
    await kong.addRoute(name);
    for (const plugin of plugins) await kong.write("POST", `/routes/${name}/plugins`, plugin);
  };

  beforeAll(async () => {
    kong = await startFixture({ trustedIps: ["127.0.0.1"] });
    await kong.write("POST", "/consumers", { username: "alice", custom_id: "a-1" });
    await kong.write("POST", "/consumers", { username: "bob" });
    await kong.write("POST", "/consumers/alice/key-auth", { key: "alice-key" });
    await kong.write("POST", "/consumers/bob/key-auth", { key: "bob-key" });
    await kong.write("POST", "/consumers/bob/acls", { group: "blocked" });
    const { password } = await kong.write("POST", "/consumers/alice/basic-auth", {
      username: "al",
      password: "s3cret",
    });
    expect(password).toMatch(/^[0-9a-f]{40}$/);
    await add("limited", { name: "rate-limiting", config: { minute: 2, hour: 100, limit_by: "ip" } });
    await add("quiet", {
      name: "rate-limiting",
      config: { minute: 1, limit_by: "ip", hide_client_headers: true, error_code: 503, error_message: "later" },
    });
    await add("by-header", {
      name: "rate-limiting",
      config: { minute: 1, limit_by: "header", header_name: "x-tenant" },
    });
    await add(
      "by-consumer",
      { name: "key-auth" },
      { name: "rate-limiting", config: { minute: 1, limit_by: "consumer" } },
    );
    await add("keyed", { name: "key-auth", config: { hide_credentials: true } });
    await add("keyed-open", { name: "key-auth", config: { key_names: ["x-key"], realm: "mine" } });
    await add("passworded", { name: "basic-auth" });
    await add("grouped", { name: "key-auth" }, { name: "acl", config: { deny: ["blocked"] } });
    await add("allowed", { name: "key-auth" }, { name: "acl", config: { allow: ["blocked"] } });
    await add("ranged", { name: "ip-restriction", config: { deny: ["203.0.113.0/24", "2001:db8::/32"] } });
    await add("only", {
      name: "ip-restriction",
      config: { allow: ["198.51.100.7"], status: 451, message: "elsewhere" },
    });
    await add("ended", { name: "request-termination", config: { status_code: 503 } });
    await add("ended-body", {
      name: "request-termination",
      config: { status_code: 418, body: "<b>tea</b>", content_type: "text/html" },
    });
    await add("triggered", {
      name: "request-termination",
      config: { status_code: 403, trigger: "x-stop", message: "stopped" },
    });
    await add("sized", { name: "request-size-limiting", config: { allowed_payload_size: 1, size_unit: "kilobytes" } });
    await add("human", { name: "bot-detection", config: { deny: ["(?i)sqlmap"], allow: ["goodbot"] } });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  const from = (address: string) => ({ "x-forwarded-for": address });

  it("rate-limiting counts per client and tells what is left, then answers 429", async () => {
    const headers = from("192.0.2.1");
    const first = await kong.proxy("/limited", { headers });
    expect(first.headers).toMatchObject({
      "x-ratelimit-limit-minute": "2",
      "x-ratelimit-remaining-minute": "1",
      "x-ratelimit-limit-hour": "100",
      "x-ratelimit-remaining-hour": "99",
      "ratelimit-limit": "2",
      "ratelimit-remaining": "1",
    });
    await kong.proxy("/limited", { headers });
    const third = await kong.proxy("/limited", { headers });
    expect(third.status).toBe(429);
    expect(third.json.message).toBe("API rate limit exceeded");
    expect(third.headers).toMatchObject({ "ratelimit-remaining": "0", "x-ratelimit-remaining-hour": "98" });
    expect(Number(third.headers["retry-after"])).toBeGreaterThan(0);
    expect(third.headers["retry-after"]).toBe(third.headers["ratelimit-reset"]);
    expect((await kong.proxy("/limited", { headers: from("192.0.2.2") })).status).toBe(200);
  });

  it("rate-limiting can hide its headers and answer otherwise", async () => {
    await kong.proxy("/quiet");
    const { status, headers, json } = await kong.proxy("/quiet");
    expect(status).toBe(503);
    expect(json.message).toBe("later");
    expect(Object.keys(headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
  });

  it("rate-limiting counts by a header's value", async () => {
    const ask = async (tenant: string) => (await kong.proxy("/by-header", { headers: { "x-tenant": tenant } })).status;
    expect([await ask("one"), await ask("one"), await ask("two")]).toEqual([200, 429, 200]);
  });

  it("rate-limiting counts by consumer", async () => {
    const ask = async (apikey: string) => (await kong.proxy("/by-consumer", { headers: { apikey } })).status;
    expect([await ask("alice-key"), await ask("alice-key"), await ask("bob-key")]).toEqual([200, 429, 200]);
  });

  it.each([
    ["no key", {}, "No API key found in request"],
    ["an unknown key", { apikey: "guess" }, "Unauthorized"],
    ["an empty key", { apikey: "" }, "No API key found in request"],
  ])("key-auth refuses %s", async (_what, headers, message) => {
    const { status, json, headers: answered } = await kong.proxy("/keyed", { headers });
    expect(status).toBe(401);
    expect(json.message).toBe(message);
    expect(answered["www-authenticate"]).toBe("Key");
  });

  it("key-auth names its realm and refuses a key given twice", async () => {
    const { status, json, headers } = await kong.proxy("/keyed-open", { headers: { "x-key": ["a", "b"] } });
    expect({ status, message: json.message }).toEqual({ status: 401, message: "Duplicate API key found" });
    expect(headers["www-authenticate"]).toBe('Key realm="mine"');
  });

  it("key-auth takes the key from header or query, hides it on demand and tells the upstream who it is", async () => {
    for (const [path, headers] of [
      ["/keyed?apikey=alice-key&a=1", {}],
      ["/keyed?a=1", { apikey: "alice-key" }],
    ] as const) {
      const { status, json } = await kong.proxy(path, { headers });
      expect(status).toBe(200);
      expect(json.url).toBe("/?a=1");
      expect(json.headers.apikey).toBeUndefined();
      expect(json.headers).toMatchObject({ "x-consumer-username": "alice", "x-consumer-custom-id": "a-1" });
      expect(json.headers["x-consumer-id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(json.headers["x-credential-identifier"]).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("key-auth passes the key on unless told to hide it", async () => {
    const { json } = await kong.proxy("/keyed-open", { headers: { "x-key": "alice-key" } });
    expect(json.headers["x-key"]).toBe("alice-key");
  });

  it("basic-auth challenges, refuses wrong passwords and tells the upstream who it is", async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    const none = await kong.proxy("/passworded");
    expect(none.status).toBe(401);
    expect(none.json.message).toBe("Unauthorized");
    expect(none.headers["www-authenticate"]).toBe('Basic realm="service"');
    for (const text of ["al:wrong", "nobody:s3cret", "al", ":"]) {
      expect((await kong.proxy("/passworded", { headers: basic(text) })).status).toBe(401);
    }
    const { status, json } = await kong.proxy("/passworded", { headers: basic("al:s3cret") });
    expect(status).toBe(200);
    expect(json.headers).toMatchObject({ "x-consumer-username": "alice", "x-credential-identifier": "al" });
  });

  it("acl stops a consumer of a denied group, and one outside the allowed groups", async () => {
    const ask = (path: string, apikey: string) => kong.proxy(path, { headers: { apikey } });
    expect((await ask("/grouped", "alice-key")).status).toBe(200);
    const denied = await ask("/grouped", "bob-key");
    expect(denied.status).toBe(403);
    expect(denied.json.message).toBe("You cannot consume this service");
    expect((await ask("/allowed", "alice-key")).status).toBe(403);
    expect((await ask("/allowed", "bob-key")).json.headers["x-consumer-groups"]).toBe("blocked");
  });

  it("ip-restriction works on the forwarded address", async () => {
    const { status, json } = await kong.proxy("/ranged", { headers: from("203.0.113.77") });
    expect(status).toBe(403);
    expect(json.message).toBe("IP address not allowed: 203.0.113.77");
    expect((await kong.proxy("/ranged", { headers: from("2001:db8::1") })).status).toBe(403);
    expect((await kong.proxy("/ranged", { headers: from("203.0.114.1") })).status).toBe(200);
    const only = await kong.proxy("/only");
    expect(only.status).toBe(451);
    expect(only.json.message).toBe("elsewhere");
    expect((await kong.proxy("/only", { headers: from("198.51.100.7") })).status).toBe(200);
  });

  it("request-termination answers with its default, a body of its own, or only on a trigger", async () => {
    const plain = await kong.proxy("/ended");
    expect(plain.status).toBe(503);
    expect(plain.json).toEqual({ message: "Service unavailable" });
    const body = await kong.proxy("/ended-body");
    expect({ status: body.status, text: body.text }).toEqual({ status: 418, text: "<b>tea</b>" });
    expect(body.headers["content-type"]).toBe("text/html; charset=UTF-8");
    expect((await kong.proxy("/triggered")).status).toBe(200);
    expect((await kong.proxy("/triggered?x-stop=1")).status).toBe(403);
    expect((await kong.proxy("/triggered", { headers: { "x-stop": "1" } })).json).toEqual({ message: "stopped" });
  });

  it("request-size-limiting refuses what is stated or turns out too large", async () => {
    expect((await kong.proxy("/sized", { body: "b".repeat(1024) })).status).toBe(200);
    const large = await kong.proxy("/sized", { body: "b".repeat(1025) });
    expect(large.status).toBe(413);
    expect(large.json.message).toBe("Request size limit exceeded");
    const chunk = "b".repeat(1200);
    const chunked = `POST /sized HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4b0\r\n${chunk}\r\n0\r\n\r\n`;
    expect(await callRaw(kong.gateway.proxyUrl, chunked)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("bot-detection refuses denied agents and crawlers, unless allowed", async () => {
    const ask = async (agent: string | string[]) =>
      (await kong.proxy("/human", { headers: { "user-agent": agent } })).status;
    expect(await ask("SQLMap/1.7")).toBe(403);
    expect(await ask("examplebot/2.1")).toBe(403);
    expect(await ask("goodbot/2.1")).toBe(200);
    expect(await ask("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")).toBe(200);
    expect((await kong.proxy("/human")).status).toBe(200);
  });
});
