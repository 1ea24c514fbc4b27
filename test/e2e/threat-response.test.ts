import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { call } from "../support/http.ts";
import { type RunningGateway, startGateway } from "./gateway/gateway.ts";

const INJECTION = `/enforced?id=${encodeURIComponent("1' UNION SELECT username, password FROM users -- ")}`;

describe("threat-response on a gateway", () => {
  let gateway: RunningGateway;
  let upstream: EchoServer;

  const proxy = (path: string) =>
    call(`${gateway.proxyUrl}${path}`, { headers: { "x-forwarded-for": "203.0.113.20" } });

  beforeAll(async () => {
    upstream = await startEchoServer();
    const service = (name: string, mode: string) => {
      const plugins = [{ name: "threat-response", config: { mode } }];
      return { name, url: upstream.url, routes: [{ name, paths: [`/${name}`], plugins }] };
    };
    const services = [service("enforced", "enforce"), service("monitored", "monitor")];
    const entities = { _format_version: "3.0", services };
    gateway = await startGateway({ database: false, trustedIps: ["127.0.0.1"], entities });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  it("stops an injection in enforce mode, and nothing else", async () => {
    expect((await proxy(INJECTION)).status).toBe(403);
    const { status, json } = await proxy("/enforced?id=17&q=union+of+selected+towns");
    expect(status).toBe(200);
    expect(json.url).toBe("/?id=17&q=union+of+selected+towns");
  });

  it("says nothing about its reasons to the client", async () => {
    const { text, headers } = await proxy(INJECTION);
    expect(`${text}${JSON.stringify(headers)}`.toLowerCase()).not.toMatch(/sql|union|inject|score/);
  });

  it("stops nothing in monitor mode", async () => {
    const before = upstream.count();
    const { status } = await proxy(INJECTION.replace("/enforced", "/monitored"));
    expect(status).toBe(200);
    expect(upstream.count()).toBe(before + 1);
  });

  it("refuses an invalid configuration and says which field is wrong", async () => {
    const validate = (config: object) =>
      call(`${gateway.adminUrl}/schemas/plugins/validate`, { body: { name: "threat-response", config } });
    expect((await validate({ mode: "enforce" })).status).toBe(200);
    const cases: [object, string][] = [
      [{ mode: "attack" }, "mode"],
      [{ unheard_of: 1 }, "unheard_of"],
      [{ thresholds: { flag: 90, block: 40 } }, "thresholds"],
      [{ allow: { cidrs: ["300.0.0.0/8"] } }, "allow"],
      [{ agent: { url: "http://127.0.0.1:8080" } }, "agent"],
    ];
    for (const [config, field] of cases) {
      const { status, json } = await validate(config);
      expect({ field, status }).toEqual({ field, status: 400 });
      expect(Object.keys(json.fields.config)).toEqual([field]);
    }
  });
});
