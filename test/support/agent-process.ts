import { execFile } from "node:child_process";
import { join } from "node:path";
import type { EventRecord } from "../../contract/ingest.ts";
import { type AgentClient, createAgentClient } from "../../demo/stack/agent-client.ts";
import { bearer, TOKENS, testEnvironment } from "./agent.ts";
import { placeEmptyDatabase } from "./empty-database.ts";
import { eventually } from "./eventually.ts";
import { GatewayNode } from "./gateway-node.ts";
import { type Answer, call } from "./http.ts";
import { freePort, type RunningProcess, startProcess, temporaryDirectory } from "./processes.ts";

/** Of the built agent. */
export const AGENT_MAIN = join(import.meta.dirname, "..", "..", "dist", "agent", "src", "main.js");

/** The built agent as a process of its own, with a data directory that outlives it, and a port that stays the same. */
export interface AgentProcess {
  url: string;
  /** Of its embedded database. */
  dataDir: string;
  /** As an operator. */
  client: AgentClient;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  pid(): number;
  /** Everything it has logged, over all its lives. */
  log(): string;
  /** Starts it again on the same data, and waits until it takes events in. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** Ends it for good and removes its data. */
  remove(): Promise<void>;
}

export interface AgentProcessOptions {
  port?: number;
  environment?: Record<string, string>;
}

function inheritedEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", TMPDIR: process.env.TMPDIR ?? "/tmp" };
}

export interface CommandResult {
  code: number;
  output: string;
  errors: string;
}

/** Runs the agent's command line until it ends. */
export function runAgentCommand(args: string[], environment: Record<string, string>): Promise<CommandResult> {
  const options = { env: { ...inheritedEnvironment(), ...environment }, timeout: 60_000 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [AGENT_MAIN, ...args], options, (_error, output, errors) =>
      resolve({ code: child.exitCode ?? -1, output, errors }),
    );
  });
}

/** What a gateway node would report, signed as one. */
export function report(agentUrl: string, records: EventRecord[], node = new GatewayNode()): Promise<Answer> {
  const { url, method, headers, body } = node.ingest(node.batchOf(records));
  return call(`${agentUrl}${url}`, { method, headers, body: body ?? "" });
}

async function untilReady(url: string): Promise<void> {
  await eventually(async () => {
    const { status, text } = await call(`${url}/readyz`);
    if (status !== 200) throw new Error(`the agent is not ready: ${text}`);
  }, 30_000);
}

export async function startAgentProcess({ port, environment = {} }: AgentProcessOptions = {}): Promise<AgentProcess> {
  const data = temporaryDirectory("agent");
  const own = port ?? (await freePort());
  const given = { DATA_DIR: join(data.path, "data"), LOG_LEVEL: "info", ...environment, PORT: String(own) };
  const url = `http://127.0.0.1:${own}`;
  if (!("DATABASE_URL" in environment || "DATA_DIR" in environment)) await placeEmptyDatabase(given.DATA_DIR);
  let running: RunningProcess | undefined;
  let before = "";
  const end = async (how: (process: RunningProcess) => Promise<void>) => {
    if (!running) return;
    const ending = running;
    running = undefined;
    await how(ending);
    before += ending.output() + ending.errors();
  };
  const start = async () => {
    const env = { ...inheritedEnvironment(), ...testEnvironment(given) };
    running = await startProcess(process.execPath, [AGENT_MAIN, "serve"], { env });
    await untilReady(url);
  };
  const kill = () =>
    end(async (ending) => {
      const gone = new Promise<void>((resolve) => ending.child.once("exit", () => resolve()));
      ending.kill("SIGKILL");
      await gone;
    });
  const stop = () => end((ending) => ending.stop());
  await start();
  return {
    url,
    dataDir: given.DATA_DIR,
    client: createAgentClient(url, TOKENS.operator),
    get: (path) => call(`${url}${path}`, { headers: bearer("operator") }),
    post: (path, body = {}) => call(`${url}${path}`, { method: "POST", headers: bearer("operator"), body }),
    pid: () => running!.pid,
    log: () => before + (running ? running.output() + running.errors() : ""),
    start,
    kill,
    stop,
    remove: async () => {
      await stop();
      data.remove();
    },
  };
}
