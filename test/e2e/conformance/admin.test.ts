import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

const PLUGIN_ID = "6f1a5a30-7d2c-5b51-8a53-111111111111";

describe("Admin API", () => {
  let kong: Fixture;

  beforeAll(async () => {
    kong = await startFixture();
    await kong.addRoute("a");
    await kong.addRoute("b");
  });

  afterAll(() => kong?.stop());

  it("creates with 201, defaults filled in and both times in seconds", async () => {
    const { status, json } = await kong.admin("POST", "/services", { name: "made", url: "http://127.0.0.1:9999/base" });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      name: "made",
      protocol: "http",
      host: "127.0.0.1",
      port: 9999,
      path: "/base",
      retries: 5,
      connect_timeout: 60000,
      enabled: true,
      tags: null,
    });
    expect(Math.abs(json.created_at - Date.now() / 1000)).toBeLessThan(60);
    expect(json.updated_at).toBe(json.created_at);
  });

  it("finds an entity by its id and by its name", async () => {
    const { json } = await kong.admin("GET", "/services/a");
    expect((await kong.admin("GET", `/services/${json.id}`)).json).toEqual(json);
  });

  it("answers 404 for an entity that is not there", async () => {
    const { status, json } = await kong.admin("GET", "/services/none");
    expect(status).toBe(404);
    expect(json.message).toBe("Not found");
  });

  it.each([
    ["an unknown field", { name: "x1", host: "h", colour: "red" }, { colour: "unknown field" }],
    ["a missing required field", { name: "x2" }, { host: "required field missing" }],
    ["a wrong type", { name: "x3", host: "h", port: "eighty" }, { port: "expected an integer" }],
    ["a number out of range", { name: "x4", host: "h", port: 70000 }, { port: "value should be between 0 and 65535" }],
    ["a path without a slash", { name: "x5", host: "h", path: "base" }, { path: "should start with: /" }],
  ])("refuses %s with 400 and says which field", async (_what, body, fields) => {
    const { status, json } = await kong.admin("POST", "/services", body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 2, name: "schema violation", fields });
    const [[name, problem]] = Object.entries(fields) as [[string, string]];
    expect(json.message).toBe(`schema violation (${name}: ${problem})`);
  });

  it("refuses a second service of the same name with 409", async () => {
    const { status, json } = await kong.admin("POST", "/services", { name: "a", host: "h" });
    expect(status).toBe(409);
    expect(json).toMatchObject({ code: 5, name: "unique constraint violation", fields: { name: "a" } });
    expect(json.message).toBe(`UNIQUE violation detected on '{name="a"}'`);
  });

  it("refuses a reference to nothing with 400", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const { status, json } = await kong.admin("POST", "/routes", { paths: ["/x"], service: { id } });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 4, name: "foreign key violation", fields: { service: { id } } });
    expect(json.message).toBe(`the foreign key '{id="${id}"}' does not reference an existing 'services' entity.`);
  });

  it("refuses to delete a service that has routes, with 400", async () => {
    const { status, json } = await kong.admin("DELETE", "/services/a");
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 4, fields: { "@referenced_by": "routes" } });
  });

  it("refuses a route that matches on nothing", async () => {
    const { status, json } = await kong.admin("POST", "/routes", { name: "nothing" });
    expect(status).toBe(400);
    expect(json.fields["@entity"][0]).toMatch(/^must set one of 'methods', 'hosts', 'headers', 'paths', 'snis'/);
  });

  it.each([
    ["expression", { expression: 'http.path == "/x"' }, "unknown field"],
    ["sources", { sources: [{ ip: "192.0.2.1" }] }, "cannot set 'sources' when 'protocols' is 'http' or 'https'"],
  ])("refuses %s on an http route, so that no overlay route can match on addresses", async (field, extra, problem) => {
    const { status, json } = await kong.admin("POST", "/routes", { name: "overlay", paths: ["/a"], ...extra });
    expect(status).toBe(400);
    expect(json.fields).toEqual({ [field]: problem });
  });

  it("puts a plugin under an id of our choice: 200 for the first and for every further time", async () => {
    const body = { name: "rate-limiting", config: { minute: 5 } };
    const first = await kong.admin("PUT", `/plugins/${PLUGIN_ID}`, body);
    expect(first.status).toBe(200);
    expect(first.json.id).toBe(PLUGIN_ID);
    expect((await kong.admin("PUT", `/plugins/${PLUGIN_ID}`, body)).status).toBe(200);
  });

  it("drops on PUT what is not stated, tags included", async () => {
    const path = `/plugins/${PLUGIN_ID}`;
    await kong.write("PUT", path, { name: "rate-limiting", tags: ["mine"], config: { minute: 5, limit_by: "ip" } });
    const replaced = await kong.write("PUT", path, { name: "rate-limiting", config: { hour: 9 } });
    expect(replaced.tags).toBeNull();
    expect(replaced.config).toMatchObject({ minute: null, hour: 9, limit_by: "consumer", error_code: 429 });
  });

  it("rewrites created_at on every PUT", async () => {
    const path = `/plugins/${PLUGIN_ID}`;
    const first = await kong.write("PUT", path, { name: "rate-limiting", config: { minute: 5 }, created_at: 1000 });
    expect(first.created_at).toBe(1000);
    const again = await kong.write("PUT", path, { name: "rate-limiting", config: { minute: 5 } });
    expect(again.created_at).toBeGreaterThan(1000);
  });

  it("merges records on PATCH and replaces lists and maps whole", async () => {
    const path = `/plugins/${PLUGIN_ID}`;
    await kong.write("PUT", path, { name: "rate-limiting", tags: ["one", "two"], config: { minute: 5 } });
    const patched = await kong.write("PATCH", path, { tags: ["three"], config: { hour: 50 } });
    expect(patched.tags).toEqual(["three"]);
    expect(patched.config).toMatchObject({ minute: 5, hour: 50 });
    const reset = await kong.write("PATCH", path, { config: { hour: null } });
    expect(reset.config).toMatchObject({ minute: 5, hour: null });
    const route = await kong.write("POST", "/routes", { headers: { one: ["1"], two: ["2"] }, tags: ["mine"] });
    const narrowed = await kong.write("PATCH", `/routes/${route.id}`, { headers: { two: ["3"] } });
    expect(narrowed).toMatchObject({ headers: { two: ["3"] }, tags: ["mine"] });
    expect(narrowed.headers).not.toHaveProperty("one");
    await kong.admin("DELETE", `/routes/${route.id}`);
  });

  it("refuses a PATCH that leaves nothing valid", async () => {
    const { status, json } = await kong.admin("PATCH", `/plugins/${PLUGIN_ID}`, { config: { minute: null } });
    expect(status).toBe(400);
    expect(json.code).toBe(2);
  });

  it("deletes with 204, also what is not there; nested deletes of what is not there are 404", async () => {
    expect((await kong.admin("DELETE", `/plugins/${PLUGIN_ID}`)).status).toBe(204);
    expect((await kong.admin("DELETE", `/plugins/${PLUGIN_ID}`)).status).toBe(204);
    expect((await kong.admin("DELETE", "/services/none")).status).toBe(204);
    expect((await kong.admin("DELETE", `/services/a/plugins/${PLUGIN_ID}`)).status).toBe(404);
  });

  it("answers 405 for methods that a collection does not have", async () => {
    expect((await kong.admin("DELETE", "/services")).status).toBe(405);
  });

  it("takes what is scoped to a route, service or consumer along when that is deleted", async () => {
    await kong.write("POST", "/consumers", { username: "gone" });
    const plugin = await kong.write("POST", "/consumers/gone/plugins", {
      name: "rate-limiting",
      config: { minute: 1 },
    });
    const credential = await kong.write("POST", "/consumers/gone/key-auth", { key: "gone-key" });
    await kong.admin("DELETE", "/consumers/gone");
    expect((await kong.admin("GET", `/plugins/${plugin.id}`)).status).toBe(404);
    expect((await kong.admin("GET", `/key-auths/${credential.id}`)).status).toBe(404);
  });

  it("lists page by page", async () => {
    const seen: string[] = [];
    let path = "/services?size=1";
    while (path) {
      const { json } = await kong.admin("GET", path);
      expect(json.data.length).toBeLessThanOrEqual(1);
      seen.push(...json.data.map(({ name }: { name: string }) => name));
      if (json.next) expect(json.next).toContain(`/services?offset=${encodeURIComponent(json.offset)}`);
      path = json.next;
    }
    expect(seen.sort()).toEqual(["a", "b", "made"]);
  });

  it.each([
    ["?size=1001", 400, "invalid size"],
    ["?size=none", 400, "invalid size"],
    ["?offset=%20%20", 400, "invalid offset"],
    ["?tags=", 400, "invalid options"],
    ["?tags=a,b/c", 400, "invalid options"],
  ])("refuses the listing %s", async (query, status, name) => {
    const answer = await kong.admin("GET", `/services${query}`);
    expect(answer.status).toBe(status);
    expect(answer.json.name).toBe(name);
  });

  it("filters by tags: a comma means all of them, a slash any; colons are fine", async () => {
    await kong.write("POST", "/consumers", { username: "t1", tags: ["tr:incident:1", "tr:expires:5"] });
    await kong.write("POST", "/consumers", { username: "t2", tags: ["tr:incident:1"] });
    await kong.write("POST", "/consumers", { username: "t3", tags: ["other"] });
    const names = async (tags: string) =>
      (await kong.write("GET", `/consumers?tags=${tags}`)).data
        .map(({ username }: { username: string }) => username)
        .sort();
    expect(await names("tr:incident:1")).toEqual(["t1", "t2"]);
    expect(await names("tr:incident:1,tr:expires:5")).toEqual(["t1"]);
    expect(await names("tr:expires:5/other")).toEqual(["t1", "t3"]);
    expect(await names("unheard")).toEqual([]);
  });

  it("lists everything with a tag", async () => {
    const { data } = await kong.write("GET", "/tags/other");
    expect(data).toMatchObject([{ entity_name: "consumers", tag: "other" }]);
  });

  it.each(["with,comma", "with/slash"])("refuses the tag %s", async (tag) => {
    expect((await kong.admin("POST", "/consumers", { username: "bad", tags: [tag] })).status).toBe(400);
  });

  it("validates a plugin without storing it, and without looking at what it refers to", async () => {
    const route = { id: "00000000-0000-4000-8000-000000000000" };
    const good = await kong.admin("POST", "/schemas/plugins/validate", {
      name: "rate-limiting",
      route,
      config: { minute: 1 },
    });
    expect(good.status).toBe(200);
    expect(good.json.message).toBe("schema validation successful");
    const bad = await kong.admin("POST", "/schemas/plugins/validate", { name: "rate-limiting", config: {} });
    expect(bad.status).toBe(400);
    expect(bad.json.fields["@entity"][0]).toMatch(/^at least one of these fields must be non-empty: 'config.second'/);
  });

  it.each([
    [
      "an unknown plugin",
      { name: "no-such-plugin" },
      { name: "plugin 'no-such-plugin' not enabled; add it to the 'plugins' configuration property" },
    ],
    [
      "a value out of an enumeration",
      { name: "rate-limiting", config: { minute: 1, limit_by: "moon" } },
      { config: { limit_by: "expected one of: consumer, credential, ip, service, header, path" } },
    ],
    [
      "a longer window with less",
      { name: "rate-limiting", config: { minute: 10, hour: 5 } },
      { config: "The limit for hour(5.0) cannot be lower than the limit for minute(10.0)" },
    ],
    [
      "a bad range",
      { name: "ip-restriction", config: { deny: ["300.1.1.1"] } },
      { config: { deny: ["invalid ip or cidr range: '300.1.1.1'"] } },
    ],
    [
      "allow beside deny",
      { name: "acl", config: { allow: ["a"], deny: ["b"] } },
      { "@entity": ["exactly one of these fields must be non-empty: 'config.allow', 'config.deny'"] },
    ],
    [
      "Lua that does not parse",
      { name: "pre-function", config: { access: ["this is not Lua"] } },
      { config: { access: [expect.stringContaining("error parsing pre-function")] } },
    ],
    [
      "a consumer where none may be",
      { name: "bot-detection", consumer: { id: "00000000-0000-4000-8000-000000000000" } },
      { consumer: "value must be null" },
    ],
  ])("refuses %s", async (_what, body, fields) => {
    const { status, json } = await kong.admin("POST", "/schemas/plugins/validate", body);
    expect(status).toBe(400);
    expect(json.fields).toEqual(fields);
  });

  it("tells its version, plugins, database and workers", async () => {
    const { json } = await kong.admin("GET", "/");
    expect(json.version).toMatch(/^3\.\d+\.\d+$/);
    expect(json.plugins.available_on_server["conformance-probe"]).toEqual({ version: "1.0.0", priority: 2400 });
    expect(json.configuration.database).toBe("postgres");
    expect(json.pids.workers).toHaveLength(2);
  });

  it("has a status without a configuration hash when there is a database", async () => {
    const { json } = await kong.admin("GET", "/status");
    expect(json.database.reachable).toBe(true);
    expect(json.configuration_hash).toBeUndefined();
  });

  it("has no /config when there is a database", async () => {
    expect((await kong.admin("GET", "/config")).status).toBe(400);
    expect((await kong.admin("POST", "/config", { _format_version: "3.0" })).status).toBe(400);
  });
});
