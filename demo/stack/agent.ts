/** The agent as a process of its own, with secrets made for this run. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forTerminal } from "../../agent/src/redaction/index.ts";
import { type AgentClient, createAgentClient } from "./agent-client.ts";

export interface Secrets {
  keyId: string;
  ingest: string;
  feed: string;
  hash: string;
  webhook: string;
  viewer: string;
  operator: string;
  ci: string;
}

export interface Agent {
  url: string;
  logFile: string;
  client: AgentClient;
  stop(): Promise<void>;
}

export interface AgentSettings {
  folder: string;
  port: number;
  secrets: Secrets;
  adminUrl: string;
  webhookUrl: string;
  /** Where the configuration is kept. */
  repository: Record<string, string>;
}

export const POLICY_FILE = join("demo", "policy.yaml");

const random = () => randomBytes(24).toString("base64url");

export function makeSecrets(): Secrets {
  return {
    keyId: "demo-node",
    ingest: random(),
    feed: random(),
    hash: random(),
    webhook: `whsec_${randomBytes(24).toString("base64")}`,
    viewer: random(),
    operator: random(),
    ci: random(),
  };
}

function environment({
  folder,
  port,
  secrets,
  adminUrl,
  webhookUrl,
  repository,
}: AgentSettings): Record<string, string> {
  const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");
  return {
    PATH: process.env.PATH ?? "",
    ...(process.env.ANTHROPIC_API_KEY ? { ANTHROPIC_API_KEY: process.env.ANTHROPIC_API_KEY } : {}),
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    KONG_ADMIN_URL: adminUrl,
    GATEWAY_NAME: "demo",
    POLICY_FILE,
    INGEST_KEYS: JSON.stringify([{ id: secrets.keyId, secret: secrets.ingest }]),
    FEED_SECRET: secrets.feed,
    API_TOKENS: JSON.stringify([
      { name: "demo-viewer", scope: "viewer", sha256: sha256(secrets.viewer) },
      { name: "demo-operator", scope: "operator", sha256: sha256(secrets.operator) },
      { name: "demo-ci", scope: "ci", sha256: sha256(secrets.ci) },
    ]),
    WEBHOOK_URL: webhookUrl,
    WEBHOOK_SECRET: secrets.webhook,
    ...repository,
    // Both switches are off where you install it: the plugin monitors, the agent records. The demo turns them on and says so.
    DRY_RUN: "false",
  };
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}

/** The end of a log, harmless for the terminal. */
function lastLines(text: string): string {
  return text.split("\n").slice(-20).map(forTerminal).join("\n");
}

const PATIENCE_MS = 60_000;

export async function startAgent(settings: AgentSettings): Promise<Agent> {
  const logFile = join(settings.folder, "agent.log");
  const log = createWriteStream(logFile);
  const child = spawn(process.execPath, ["dist/agent/src/main.js", "serve"], {
    env: environment(settings),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${settings.port}`;
  const client = createAgentClient(url, settings.secrets.operator);
  const patience = Date.now() + PATIENCE_MS;
  while (!(await client.isReady())) {
    if (child.exitCode !== null || Date.now() > patience) {
      await end(child, ended);
      throw new Error(`the agent did not start:\n${lastLines(readFileSync(logFile, "utf8"))}`);
    }
    await sleep(100);
  }
  return { url, logFile, client, stop: () => end(child, ended) };
}
