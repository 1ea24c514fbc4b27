import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { type RunningGateway, startGateway } from "../gateway/gateway.ts";

const ATTACK = "7' UNION SELECT login, pass FROM staff -- ";
const LIMIT = 20_000;

interface Sent {
  headers?: Record<string, string>;
  body: Buffer | string;
  /** Without a length, in chunks. */
  chunked?: boolean;
}

interface Got {
  status: number;
  /** The header by which the upstream is told. */
  flag: string | undefined;
}

function send(url: string, { headers = {}, body, chunked = false }: Sent): Promise<Got> {
  const content = Buffer.from(body);
  const sized = chunked ? { "transfer-encoding": "chunked" } : { "content-length": String(content.length) };
  return new Promise((resolve, reject) => {
    const options = { method: "POST", agent: false as const, headers: { ...headers, ...sized } };
    const outgoing = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        const seen =
          response.statusCode === 200 ? (JSON.parse(text) as { headers: Record<string, string> }) : undefined;
        resolve({ status: response.statusCode!, flag: seen?.headers["x-threat-response"] });
      });
    });
    outgoing.on("error", reject);
    for (let at = 0; at < content.length; at += 4096) outgoing.write(content.subarray(at, at + 4096));
    outgoing.end();
  });
}

const json = { "content-type": "application/json" };
const filler = JSON.stringify(Array.from({ length: 3000 }, (_, n) => `word ${n}`));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
const multipart = (file: string, value: string) =>
  `--b7\r\ncontent-disposition: form-data; name="upload"; filename="${file}"\r\n\r\n${value}\r\n--b7--\r\n`;

const BLOCKED: Record<string, Sent> = {
  "in chunks": { headers: json, body: JSON.stringify({ q: ATTACK }), chunked: true },
  "in a body that nginx spools to a file": {
    headers: json,
    body: `[${JSON.stringify(ATTACK)},${filler.slice(1, 18_000)}`,
    chunked: true,
  },
  "in UTF-16": {
    headers: { "content-type": "application/json; charset=utf-16" },
    body: utf16(JSON.stringify({ q: ATTACK })),
  },
  "in a multipart file name": {
    headers: { "content-type": "multipart/form-data; boundary=b7" },
    body: multipart("../../../../etc/passwd", "x"),
  },
  "in what claims to be an image": { headers: { "content-type": "image/png" }, body: `q=${ATTACK}` },
  "in what claims to be compressed": {
    headers: { ...json, "content-encoding": "gzip" },
    body: JSON.stringify({ q: ATTACK }),
  },
  "in a string of JSON in JSON": { headers: json, body: JSON.stringify({ data: JSON.stringify({ q: ATTACK }) }) },
};

const FLAGGED: Record<string, Sent> = {
  compressed: { headers: { ...json, "content-encoding": "gzip" }, body: gzipSync(JSON.stringify({ q: ATTACK })) },
  "beyond the limit": { headers: json, body: filler },
  "beyond the limit, in chunks": { headers: json, body: filler, chunked: true },
  malformed: { headers: json, body: '{"a": [1, 2' },
  "in a character set that is not understood": {
    headers: { "content-type": "text/plain; charset=ibm037" },
    body: "\x81\x82",
  },
};

const PASSED: Record<string, Sent> = {
  "plain JSON": { headers: json, body: JSON.stringify({ note: "It's fine" }) },
  gRPC: { headers: { "content-type": "application/grpc", te: "trailers" }, body: `\0\0\0\0\x05${ATTACK}` },
  "a binary image": {
    headers: { "content-type": "image/png" },
    body: Buffer.from([137, 80, 78, 71, 0, 1, 2, 3, 4, 5, 6, 7]),
  },
};

describe("bodies", () => {
  let gateway: RunningGateway;
  let upstream: EchoServer;

  beforeAll(async () => {
    upstream = await startEchoServer();
    const route = (name: string, uninspected: string, more = {}) => {
      const payload = { max_body_bytes: LIMIT, uninspected };
      const config = { mode: "enforce", payload, source: { min_evidence: 10_000 } };
      return { name, paths: [`/${name}`], plugins: [{ name: "threat-response", config }], ...more };
    };
    const routes = [
      route("flagging", "flag"),
      route("blocking", "block"),
      route("allowing", "allow"),
      route("streaming", "block", { request_buffering: false }),
    ];
    const entities = { _format_version: "3.0", services: [{ name: "echo", url: upstream.url, routes }] };
    gateway = await startGateway({ database: false, trustedIps: ["127.0.0.1"], entities });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  it.each(Object.entries(BLOCKED))("carry no attack %s", async (_name, sent) => {
    expect((await send(`${gateway.proxyUrl}/flagging`, sent)).status).toBe(403);
  });

  it.each(Object.entries(FLAGGED))("that are %s follow the configuration", async (_name, sent) => {
    expect(await send(`${gateway.proxyUrl}/flagging`, sent)).toEqual({
      status: 200,
      flag: "flag;category=uninspected;score=0",
    });
    expect(await send(`${gateway.proxyUrl}/allowing`, sent)).toEqual({ status: 200, flag: undefined });
    expect((await send(`${gateway.proxyUrl}/blocking`, sent)).status).toBe(403);
  });

  it.each(Object.entries(PASSED))("that are %s pass untouched", async (_name, sent) => {
    expect(await send(`${gateway.proxyUrl}/blocking`, sent)).toEqual({ status: 200, flag: undefined });
  });

  it("of routes that stream are not buffered", async () => {
    const sent = { headers: json, body: JSON.stringify({ q: ATTACK }), chunked: true };
    expect(await send(`${gateway.proxyUrl}/streaming`, sent)).toEqual({ status: 200, flag: undefined });
  });

  it("of WebSocket upgrades are not waited for", async () => {
    const headers = {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-key": "x",
      "sec-websocket-version": "13",
    };
    const got = await send(`${gateway.proxyUrl}/blocking`, { headers, body: "" });
    expect(got.status).not.toBe(403);
  });
});
