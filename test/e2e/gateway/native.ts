import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { startPostgres } from "../../support/postgres.ts";
import { freePort, temporaryDirectory } from "../../support/processes.ts";
import type { RunningGateway, StartOptions } from "./gateway.ts";
import { type Database, kongEnvironment, type Ports } from "./kong-environment.ts";
import { untilReplaced, workerPids } from "./workers.ts";

const run = promisify(execFile);
const LUA_DIST = join(import.meta.dirname, "..", "..", "..", "lua-dist");

interface Cluster {
  database: Database;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const port = await freePort();
  const cluster = await startPostgres({ port });
  const name = /@\/(\w+)/.exec(await cluster.createDatabase())![1]!;
  return { database: { host: "127.0.0.1", port, user: "postgres", name }, stop: () => cluster.stop() };
}

/** Runs Kong's command line with the settings of one node. */
export function commandLine(environment: Record<string, string>): (...args: string[]) => Promise<void> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KONG_")));
  const asRoot = process.getuid?.() === 0 ? { KONG_NGINX_USER: "root root" } : {};
  const env = { ...inherited, ...asRoot, ...environment };
  return async (...args) => {
    await run(process.env.KONG_BIN!, args, { env, timeout: 60_000 });
  };
}

export function killMaster(prefix: string): void {
  try {
    process.kill(Number(readFileSync(join(prefix, "pids", "nginx.pid"), "utf8")), "SIGTERM");
  } catch {
    // It has ended.
  }
}

async function prepareDatabase(
  kong: (...args: string[]) => Promise<void>,
  document: string | undefined,
): Promise<void> {
  await kong("migrations", "bootstrap");
  if (document) await kong("config", "db_import", document);
}

function writeDocument(prefix: string, entities: object | undefined): string | undefined {
  if (!entities) return undefined;
  const path = join(prefix, "..", `${prefix.split("/").at(-1)}.json`);
  writeFileSync(path, JSON.stringify(entities));
  return path;
}

export async function untilItAnswers(adminUrl: string): Promise<string> {
  return eventually(async () => {
    const { status, json } = await call(`${adminUrl}/`);
    if (status !== 200) throw new Error(`Admin API: ${status}`);
    return json.version as string;
  }, 30_000);
}

/** A Kong on this machine, named by KONG_BIN; with a database it gets a PostgreSQL cluster of its own. */
export async function startNative(options: StartOptions): Promise<RunningGateway> {
  const directory = temporaryDirectory("gateway-native");
  const prefix = join(directory.path, "prefix");
  const ports: Ports = { proxy: await freePort(), admin: await freePort() };
  const cluster = options.database ? await startCluster() : undefined;
  const document = writeDocument(prefix, options.entities);
  const paths = { prefix, lua: [...options.luaPaths, LUA_DIST], document };
  const kong = commandLine(kongEnvironment(options, ports, paths, cluster?.database));
  if (cluster) await prepareDatabase(kong, document);
  process.once("exit", () => killMaster(prefix));
  await kong("start");
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  const version = await untilItAnswers(adminUrl);
  return {
    target: "native",
    database: options.database,
    proxyUrl: `http://127.0.0.1:${ports.proxy}`,
    adminUrl,
    version,
    workerPids: () => workerPids(adminUrl),
    logs: () => readFileSync(join(prefix, "logs", "error.log"), "utf8").slice(-100_000),
    reload: async () => {
      const before = await workerPids(adminUrl);
      await kong("reload", "-p", prefix);
      await untilReplaced(adminUrl, before);
    },
    stop: async () => {
      await kong("stop", "-p", prefix);
      await cluster?.stop();
      directory.remove();
    },
  };
}
