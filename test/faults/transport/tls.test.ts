import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/processes.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { type ScriptedAgent, startAgent } from "./scripted-agent.ts";

const directory = temporaryDirectory("threat-response-tls");
const certificate = join(directory.path, "cert.pem");
let tls: { key: string; cert: string };
let agent: ScriptedAgent;
let nginx: Nginx;

beforeAll(() => {
  const key = join(directory.path, "key.pem");
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...form, "-keyout", key, "-out", certificate, ...name], { stdio: "pipe" });
  tls = { key: readFileSync(key, "utf8"), cert: readFileSync(certificate, "utf8") };
});

afterAll(() => directory.remove());

afterEach(async () => {
  await nginx.stop();
  await agent.stop();
});

async function start(verifies: boolean, isTrusted: boolean): Promise<void> {
  agent = await startAgent(tls);
  agent.feed = { sequence: 1, lines: [`block ip 192.0.2.1 ${Math.floor(Date.now() / 1000) + 600} d incident-1`] };
  const settings = { url: agent.url, ssl_verify: verifies };
  nginx = await startNginx({
    workers: 1,
    agent: settings,
    ...(isTrusted ? { trustedCertificate: certificate } : {}),
  });
  await nginx.ask("enqueue", { name: "a", from: 1, to: 3 });
}

async function expectService(): Promise<void> {
  await eventually(() => expect(agent.accepted).toEqual(["a-1", "a-2", "a-3"]));
  await eventually(async () => expect((await nginx.ask("lookup", { ip: "192.0.2.1" })).action).toBe("block"));
}

it("reports and polls over TLS with a certificate that it trusts", async () => {
  await start(true, true);
  await expectService();
  const before = agent.polls.length;
  await eventually(() => expect(agent.polls.length).toBeGreaterThan(before + 2));
});

it("does without verifying when it is told to", async () => {
  await start(false, false);
  await expectService();
});

it("neither reports nor polls where the certificate is not trusted", async () => {
  await start(true, false);
  await eventually(() => expect(nginx.log()).toMatch(/cannot report yet.*TLS with/));
  await eventually(() => expect(nginx.log()).toMatch(/cannot get decisions.*TLS with/));
  expect(agent.deliveries).toHaveLength(0);
  expect(agent.polls).toHaveLength(0);
  expect((await nginx.ask("lookup", { ip: "192.0.2.1" })).action).toBeUndefined();
});
