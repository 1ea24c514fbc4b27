import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { GatewayNode } from "../../../test/support/gateway-node.ts";
import { isPathPrefix, prefixSeen, withoutPrefix } from "./path-prefix.ts";

describe("a path prefix", () => {
  it.each(["/threat-response", "/ops/agent_1.2~x"])("may be %s", (text) => expect(isPathPrefix(text)).toBe(true));
  it.each(["", "/", "x", "/x/", "//x", "/x?y", "/../x\n", "/a b", "/<x>"])("may not be %j", (text) =>
    expect(isPathPrefix(text)).toBe(false),
  );

  it.each([
    ["/tr/v1/status?a=1", "/v1/status?a=1"],
    ["/tr", "/"],
    ["/tr?x", "/?x"],
    ["/trx/v1", "/trx/v1"],
    ["/v1/status", "/v1/status"],
  ])("is taken off %s", (url, rest) => expect(withoutPrefix(url, "/tr")).toBe(rest));

  it("is believed of a gateway only when it is one", () => {
    expect(prefixSeen({ "x-forwarded-prefix": "/tr" }, undefined)).toBe("/tr");
    expect(prefixSeen({ "x-forwarded-prefix": '//evil.example/"' }, "/own")).toBe("/own");
  });
});

describe("the agent below a prefix", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await openTestAgent({ PATH_PREFIX: "/tr" });
  });
  afterAll(() => agent.close());

  it("answers everything there and at its root, and asks for a token at both", async () => {
    for (const prefix of ["", "/tr"]) {
      const headers = bearer("viewer");
      expect((await agent.app.inject({ url: `${prefix}/v1/status`, headers })).statusCode).toBe(200);
      expect((await agent.app.inject({ url: `${prefix}/healthz` })).statusCode).toBe(200);
      expect((await agent.app.inject({ url: `${prefix}/v1/status` })).statusCode).toBe(401);
      expect((await agent.app.inject({ url: `${prefix}/nothing`, headers })).statusCode).toBe(404);
    }
    expect((await agent.app.inject({ url: "/tr/tr/healthz" })).statusCode).toBe(404);
  });

  it("tells programs where its API is", async () => {
    const servers = async (headers: object) =>
      (await agent.app.inject({ url: "/tr/v1/openapi.json", headers: { ...bearer("viewer"), ...headers } })).json()
        .servers;
    expect(await servers({})).toEqual([{ url: "/tr" }]);
    expect(await servers({ "x-forwarded-prefix": "/threat-response" })).toEqual([{ url: "/threat-response" }]);
  });

  it("takes in what gateways sign without it", async () => {
    const node = new GatewayNode();
    const { url, method, headers, body } = node.ingest(node.batchOf([]));
    const answer = await agent.app.inject({ url: `/tr${url}`, method: method as "POST", headers, payload: body ?? "" });
    expect(answer.statusCode).toBe(202);
  });
});
