import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Problems } from "./admin/validate.ts";
import { VERSION } from "./admin/version.ts";
import { type Layout, nginxConf } from "./nginx-conf.ts";
import type { Options } from "./options.ts";

export interface Workers {
  master: number;
  workers: number[];
  /** The last configuration published, and the one that each worker has. */
  version: number;
  versions: number[];
}

/** What nginx knows of a plugin; `schema` only for custom ones. */
export interface LoadedPlugin {
  priority?: number;
  version?: string;
  schema?: unknown;
}

export interface Nginx {
  publish(document: string): Promise<void>;
  workers(): Promise<Workers>;
  /** Until every worker has the configuration published last. */
  settled(): Promise<void>;
  plugins(): Promise<Record<string, LoadedPlugin>>;
  check(name: string, config: unknown): Promise<Problems>;
  reload(): void;
  stop(): Promise<void>;
  exited: Promise<number | null>;
}

function ask(socketPath: string, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method: body === undefined ? "GET" : "POST" }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${text}`))));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function writeFiles(options: Options, layout: Layout, nodeId: string): string {
  mkdirSync(layout.prefix, { recursive: true });
  const settings = {
    version: VERSION,
    node_id: nodeId,
    hostname: hostname(),
    database: options.database ? "postgres" : "off",
    role: "traditional",
    router_flavor: "traditional_compatible",
    trusted_ips: options.trustedIps,
    custom_plugins: options.plugins,
    owner_pid: process.pid,
  };
  writeFileSync(join(layout.prefix, "settings.json"), JSON.stringify(settings));
  const path = join(layout.prefix, "nginx.conf");
  writeFileSync(path, nginxConf(options, layout));
  return path;
}

async function waitUntilReady(layout: Layout, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}; see ${layout.prefix}/error.log`);
    try {
      const { workers } = JSON.parse(await ask(layout.controlSocket, "/workers")) as Workers;
      if (workers.every((pid) => pid)) return;
    } catch {
      // Not listening yet.
    }
    await sleep(25);
  }
  throw new Error(`nginx did not answer in 5 s; see ${layout.prefix}/error.log`);
}

async function untilSettled(layout: Layout): Promise<void> {
  for (;;) {
    const { version, versions } = JSON.parse(await ask(layout.controlSocket, "/workers")) as Workers;
    if (versions.every((applied) => applied === version)) return;
    await sleep(10);
  }
}

export async function startNginx(options: Options, layout: Layout, nodeId: string): Promise<Nginx> {
  const conf = writeFiles(options, layout, nodeId);
  const args = ["-p", layout.prefix, "-c", conf, "-e", join(layout.prefix, "error.log")];
  const child = spawn("nginx", args, { stdio: ["ignore", "ignore", "inherit"] });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  await waitUntilReady(layout, child);
  return {
    exited,
    publish: async (document) => {
      await ask(layout.controlSocket, "/configuration", document);
    },
    workers: async () => JSON.parse(await ask(layout.controlSocket, "/workers")) as Workers,
    settled: () => untilSettled(layout),
    plugins: async () => JSON.parse(await ask(layout.controlSocket, "/plugins")) as Record<string, LoadedPlugin>,
    check: async (name, config) =>
      JSON.parse(await ask(layout.controlSocket, "/check", JSON.stringify({ name, config }))) as Problems,
    reload: () => void child.kill("SIGHUP"),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
