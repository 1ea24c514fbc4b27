import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

export interface PrivatePostgres {
  /** A connection string to a new, empty database of the cluster. */
  createDatabase(): Promise<string>;
  /** Stops the server and removes its directory. */
  stop(): Promise<void>;
}

const DEBIAN = "/usr/lib/postgresql";

/**
 * A cluster of its own in a temporary directory, reached by a socket there (and by a loopback port when one is given, for programs that know no other way), so it meets no other. PostgreSQL refuses
 * to run as root: root runs it as the user `postgres`.
 */
export async function startPostgres(options: { port?: number } = {}): Promise<PrivatePostgres> {
  const bin = findBinaries();
  const identity = process.getuid?.() === 0 ? identityOf("postgres") : undefined;
  const directory = mkdtempSync(join(tmpdir(), "tr-pg-"));
  if (identity) chownSync(directory, identity.uid, identity.gid);
  chmodSync(directory, 0o700);
  const data = join(directory, "data");
  const { port = 5432 } = options;
  const at = { directory, port };
  const asUser = { ...identity, cwd: directory };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...asUser,
    stdio: "pipe",
  });
  const listen = ["-p", String(port), "-c", `listen_addresses=${options.port === undefined ? "" : "127.0.0.1"}`];
  const settings = [...listen, "-c", `unix_socket_directories=${directory}`, "-c", "fsync=off"];
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings], { ...asUser, stdio: "ignore" });
  process.once("exit", () => server.kill("SIGQUIT"));
  await untilItAnswers(server, at);
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await run(at, `create database ${name}`);
      return urlOf(at, name);
    },
    stop: async () => {
      const stopped = once(server, "exit");
      server.kill("SIGINT");
      await stopped;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string {
  const versions = readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one));
  if (versions[0] === undefined) throw new Error(`No PostgreSQL in ${DEBIAN}: install the package postgresql.`);
  return join(DEBIAN, versions[0], "bin");
}

function identityOf(user: string): { uid: number; gid: number } {
  const ask = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

interface Where {
  directory: string;
  port: number;
}

async function untilItAnswers(server: ChildProcess, at: Where): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}.`);
    const answered = await run(at, "select 1").then(
      () => true,
      () => false,
    );
    if (answered) return;
    await pause(100);
  }
  throw new Error("PostgreSQL did not start.");
}

async function run(at: Where, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(at, "postgres") });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function urlOf({ directory, port }: Where, database: string): string {
  return `postgresql://postgres@/${database}?host=${encodeURIComponent(directory)}&port=${port}`;
}
