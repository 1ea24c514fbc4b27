import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { freePort, temporaryDirectory } from "../../support/processes.ts";
import type { RunningGateway, StartOptions } from "./gateway.ts";
import { kongEnvironment, type Ports } from "./kong-environment.ts";
import { untilReplaced, workerPids } from "./workers.ts";

const run = promisify(execFile);
const LUA_DIST = join(import.meta.dirname, "..", "..", "..", "lua-dist");
const IMAGE = process.env.KONG_IMAGE ?? "kong:3.9";
const POSTGRES_IMAGE = "postgres:16-alpine";

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run("docker", args, { timeout: 300_000 });
  return stdout.trim();
}

function asFlags(environment: Record<string, string>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
}

/** Each directory with Lua is mounted at a place of its own, read only. */
function mounts(directories: string[]): { flags: string[]; inside: string[] } {
  const inside = directories.map((_, i) => `/opt/lua-${i}`);
  return { inside, flags: directories.flatMap((directory, i) => ["-v", `${directory}:${inside[i]}:ro`]) };
}

async function startDatabase(): Promise<{ port: number; container: string }> {
  const port = await freePort();
  const settings = ["-e", "POSTGRES_HOST_AUTH_METHOD=trust", "-e", "POSTGRES_USER=postgres", "-e", "POSTGRES_DB=kong"];
  const listen = ["-c", "listen_addresses=127.0.0.1", "-c", `port=${port}`];
  const container = await docker("run", "-d", "--rm", "--network", "host", ...settings, POSTGRES_IMAGE, ...listen);
  await eventually(
    () => docker("exec", container, "pg_isready", "-h", "127.0.0.1", "-p", String(port), "-d", "kong"),
    60_000,
    250,
  );
  return { port, container };
}

interface Containers {
  kong: string;
  others: string[];
}

async function startContainers(options: StartOptions, ports: Ports, directory: string): Promise<Containers> {
  const { flags, inside } = mounts([...options.luaPaths, LUA_DIST]);
  const shared = ["--network", "host", "-v", `${directory}:/opt/document:ro`, ...flags];
  const document = options.entities ? "/opt/document/kong.json" : undefined;
  if (options.entities) writeFileSync(join(directory, "kong.json"), JSON.stringify(options.entities));
  const database = options.database ? await startDatabase() : undefined;
  const connection = database && { host: "127.0.0.1", port: database.port, user: "postgres", name: "kong" };
  const paths = { prefix: "/usr/local/kong", lua: inside, document };
  const environment = asFlags(kongEnvironment(options, ports, paths, connection));
  if (database) {
    await docker("run", "--rm", ...shared, ...environment, IMAGE, "kong", "migrations", "bootstrap");
    if (document)
      await docker("run", "--rm", ...shared, ...environment, IMAGE, "kong", "config", "db_import", document);
  }
  const kong = await docker("run", "-d", "--rm", ...shared, ...environment, IMAGE);
  return { kong, others: database ? [database.container] : [] };
}

function removeNow(names: string[]): void {
  execFileSync("docker", ["rm", "-f", ...names], { stdio: "ignore" });
}

/** The official image, on the host's network so that it reaches upstreams on loopback. */
export async function startDocker(options: StartOptions): Promise<RunningGateway> {
  const directory = temporaryDirectory("gateway-docker");
  const ports: Ports = { proxy: await freePort(), admin: await freePort() };
  const { kong, others } = await startContainers(options, ports, directory.path);
  const remove = () => removeNow([kong, ...others]);
  process.once("exit", remove);
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  const { json } = await eventually(() => call(`${adminUrl}/`), 60_000, 250);
  return {
    target: "docker",
    database: options.database,
    proxyUrl: `http://127.0.0.1:${ports.proxy}`,
    adminUrl,
    version: json.version as string,
    workerPids: () => workerPids(adminUrl),
    logs: () => execFileSync("docker", ["logs", "--tail", "1000", kong], { encoding: "utf8" }),
    reload: async () => {
      const before = await workerPids(adminUrl);
      await docker("exec", kong, "kong", "reload");
      await untilReplaced(adminUrl, before);
    },
    stop: async () => {
      process.removeListener("exit", remove);
      remove();
      directory.remove();
    },
  };
}
