import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

describe("code in pre-function", () => {
  let kong: Fixture;

  const install = async (name: string, config: object) => {
    await kong.addRoute(name);
    await kong.write("POST", `/routes/${name}/plugins`, { name: "pre-function", config });
  };

  const installAccess = (name: string, body: string) => install(name, { access: [`return function() ${body} end`] });

  beforeAll(async () => {
    kong = await startFixture();
    await installAccess(
      "globals",
      `local names = { "setmetatable", "getmetatable", "load", "loadstring", "rawget", "rawset", "dofile", "debug", "package", "io" }
       local found = {}
       for _, name in ipairs(names) do if _G[name] ~= nil then found[#found + 1] = name end end
       kong.response.exit(200, table.concat(found, ","))`,
    );
    await installAccess(
      "os",
      `kong.response.exit(200, { getenv = type(os.getenv), execute = type(os.execute), time = type(os.time) })`,
    );
    await installAccess(
      "require",
      `local denied = {}
       for _, name in ipairs({ "cjson.safe", "string.buffer", "kong.plugins.conformance-probe.handler", "ffi" }) do
         local ok, err = pcall(require, name)
         denied[#denied + 1] = { name = name, ok = ok, err = tostring(err) }
       end
       kong.response.exit(200, denied)`,
    );
    await installAccess(
      "reach",
      `kong.response.exit(200, {
         dictionary = ngx.shared.threat_response:set("reached", 1),
         var = ngx.var.request_method, timer = type(ngx.timer.at), ctx = type(ngx.ctx), shared = type(kong.ctx.shared),
         re = ngx.re.find("abc", "b", "jo"), bit = bit and bit.band(6, 3), log = type(kong.log.err) })`,
    );
    await installAccess(
      "pcall",
      `pcall(function() kong.response.exit(403, { message = "blocked" }) end) kong.response.exit(500)`,
    );
    await install("upvalues", {
      access: ["local n = 0 return function() n = n + 1 kong.response.exit(200, { n = n }) end"],
    });
    await install("several", {
      access: [
        'return function() kong.ctx.shared.a = "first" end',
        "return function() kong.response.exit(200, { a = kong.ctx.shared.a }) end",
      ],
    });
    await install("not-global", { rewrite: ["return function() kong.response.exit(403) end"] });
    await install("hides", { access: ["return function() ngx.exit(403) end"] });
    await installAccess("fails", `error("oops")`);
    await kong.write("POST", "/plugins", { name: "conformance-probe" });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  it("has no metatables, loaders, raw access, files or packages", async () => {
    expect((await kong.proxy("/globals")).text).toBe("");
  });

  it("has the clock of os and nothing else of it", async () => {
    expect((await kong.proxy("/os")).json).toMatchObject({ getenv: "nil", execute: "nil" });
  });

  it("may not require anything", async () => {
    const { json } = await kong.proxy("/require");
    expect(json).toHaveLength(4);
    for (const { name, ok, err } of json) {
      expect(ok).toBe(false);
      expect(err).toContain(`require '${name}' not allowed within sandbox`);
    }
  });

  it("reaches shared dictionaries, variables, timers, the context and regular expressions", async () => {
    expect((await kong.proxy("/reach")).json).toMatchObject({
      dictionary: true,
      var: "GET",
      timer: "function",
      ctx: "table",
      shared: "table",
      re: 2,
      bit: 2,
      log: "function",
    });
  });

  it("ends a request with kong.response.exit inside a pcall", async () => {
    const { answer, seen } = await kong.observe("/pcall");
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 403, json: { message: "blocked" } });
    expect(seen).toMatchObject({ source: "exit", status: 403 });
  });

  it("keeps upvalues of a returned function from request to request", async () => {
    const counts: number[] = [];
    for (let i = 0; i < 12; i++) counts.push((await kong.proxy("/upvalues")).json.n);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(6);
  });

  it("runs the chunks of a phase in order", async () => {
    expect((await kong.proxy("/several")).json).toEqual({ a: "first" });
  });

  it("never runs rewrite of an instance that is not global", async () => {
    expect((await kong.proxy("/not-global")).status).toBe(200);
  });

  it("hides a request from log when it ends it with ngx.exit in access", async () => {
    await expect(kong.observe("/hides")).rejects.toThrow("was not logged");
  });

  it("answers 500 when it fails", async () => {
    const { answer, seen } = await kong.observe("/fails");
    expect(answer.status).toBe(500);
    expect(seen!.source).toBe("error");
  });
});
