import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { PLANTED } from "../support/planted-secrets.ts";
import { type RunningGateway, startGateway } from "./gateway/gateway.ts";

type Line = { request: { method: string; headers: Record<string, string> }; threat_response?: Record<string, unknown> };

/** What a log server would get from Kong's bundled http-log. */
class LogServer {
  readonly lines: Line[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        this.lines.push(...[JSON.parse(body)].flat());
        response.end();
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/lines`;
  }

  /** The line of the request with this mark. */
  lineOf(mark: string): Promise<Line> {
    return eventually(async () => {
      const line = this.lines.find(({ request }) => request.headers["x-mark"] === mark);
      if (line === undefined) throw new Error(`no line of ${mark} yet`);
      return line;
    }, 15_000);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const INJECTION = `q=${encodeURIComponent("1' UNION SELECT username, password FROM users -- ")}`;

describe("a request's line in the log", () => {
  const logs = new LogServer();
  let gateway: RunningGateway;
  let upstream: EchoServer;
  let sent = 0;

  const send = async (path: string, headers: Record<string, string> = {}) => {
    const mark = `m${++sent}`;
    // Each from an address of its own, so that no record of an address decides.
    const from = { "x-forwarded-for": `198.51.100.${sent}`, "x-mark": mark, "user-agent": "Mozilla/5.0" };
    const { status } = await call(`${gateway.proxyUrl}${path}`, { headers: { ...from, ...headers } });
    return { status, told: (await logs.lineOf(mark)).threat_response };
  };

  beforeAll(async () => {
    upstream = await startEchoServer();
    const endpoint = await logs.start();
    const service = (name: string, mode: string) => {
      const rules = [{ id: "no-legacy", on: "path", literals: ["/legacy/"], action: "block", score: 80 }];
      const plugins = [{ name: "threat-response", config: { mode, rules } }];
      return { name, url: upstream.url, routes: [{ name, paths: [`/${name}`], plugins }] };
    };
    const entities = {
      _format_version: "3.0",
      services: [service("enforced", "enforce"), service("monitored", "monitor")],
      plugins: [{ name: "http-log", config: { http_endpoint: endpoint } }],
    };
    gateway = await startGateway({ database: false, trustedIps: ["127.0.0.1"], entities });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
    logs.stop();
  });

  it("says nothing of an ordinary request", async () => {
    expect(await send("/enforced/orders?page=2")).toEqual({ status: 200, told: undefined });
  });

  it("explains a stopped request: detector, class, field, window, score", async () => {
    const { status, told } = await send(`/enforced?${INJECTION}`);
    expect(status).toBe(403);
    expect(told).toMatchObject({
      verdict: "block",
      enforced: true,
      by: "detector",
      detector: "payload",
      category: "payload_injection",
      class: "sqli",
      field: "query:q",
    });
    expect(told!.would).toBeUndefined();
    expect(told!.score).toBeGreaterThanOrEqual(70);
    expect(String(told!.window).toLowerCase()).toContain("union select");
    expect(told!.findings).toHaveLength(1);
  });

  it("says in monitor mode what would have happened", async () => {
    const { status, told } = await send(`/monitored?${INJECTION}`);
    expect(status).toBe(200);
    expect(told).toMatchObject({ verdict: "block", enforced: false, would: "block", class: "sqli" });
  });

  it("names the exploit, the path, the tool and the rule that was met", async () => {
    const exploit = await send("/enforced/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php");
    expect(exploit.told).toMatchObject({ detector: "known.path", rule: "phpunit", verdict: "block", class: "cmdi" });
    const path = await send("/enforced/backup.sql");
    expect(path.told).toMatchObject({ detector: "known.path", rule: "database-dumps", category: "abuse" });
    const tool = await send("/enforced/", { "user-agent": "sqlmap/1.8" });
    expect(tool.told).toMatchObject({ detector: "known.agent", rule: "sqlmap", field: "header:user-agent" });
    for (const _ of [1, 2]) {
      const header = await send("/enforced/", { "x-middleware-subrequest": "middleware:middleware:middleware" });
      expect(header.told).toMatchObject({ detector: "known.exploit", rule: "next-middleware", verdict: "block" });
    }
    const rule = await send("/enforced/legacy/x");
    expect(rule).toMatchObject({ status: 403, told: { detector: "rules", rule: "no-legacy", verdict: "block" } });
  });

  it("holds no secret of path, query or headers", async () => {
    for (const { text, needle } of PLANTED.slice(0, 25)) {
      const value = encodeURIComponent(text);
      const { told } = await send(`/monitored/.git/config/${value}?a=${value}&${INJECTION}`, {
        "user-agent": `sqlmap ${text.replace(/[^ -~]/g, "")}`,
        authorization: `Bearer ${needle.replace(/[^!-~]/g, "")}`,
      });
      expect(told).toBeDefined();
      expect(JSON.stringify(told)).not.toContain(needle);
    }
  });

  it("refuses a bad rule, and says which member is wrong", async () => {
    const good = { id: "a", on: "path", literals: ["/old/"] };
    const check = async (rule: object) => {
      const config = { rules: [{ ...good, ...rule }] };
      const { status, text } = await call(`${gateway.adminUrl}/schemas/plugins/validate`, {
        body: { name: "threat-response", config },
      });
      return `${status} ${text}`;
    };
    expect(await check({})).toMatch(/^200/);
    expect(await check({ pattern: "^/old/[0-9]+$" })).toMatch(/^200/);
    expect(await check({ pattern: "(" })).toMatch(/^400.*rules.*regular expression/);
    expect(await check({ pattern: "(a+)+" })).toMatch(/^400.*rules.*take for ever/);
    expect(await check({ on: "header" })).toMatch(/^400.*rules.*header/);
    expect(await check({ literals: [] })).toMatch(/^400.*rules.*required/);
    expect(await check({ action: "explode" })).toMatch(/^400.*rules.*action/);
  });
});
