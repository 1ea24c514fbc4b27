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
 * A cluster of its own in a temporary directory, reached by a socket there and by no port, so it meets no other. PostgreSQL refuses
 * to run as root: root runs it as the user `postgres`.
 */
export async function startPostgres(): Promise<PrivatePostgres> {
  const bin = findBinaries();
  const identity = process.getuid?.() === 0 ? identityOf("postgres") : undefined;
  const directory = mkdtempSync(join(tmpdir(), "tr-pg-"));
  if (identity) chownSync(directory, identity.uid, identity.gid);
  chmodSync(directory, 0o700);
  const data = join(directory, "data");
  const options = { ...identity, cwd: directory };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...options,
    stdio: "pipe",
  });
  const settings = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${directory}`, "-c", "fsync=off"];
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings], { ...options, stdio: "ignore" });
  process.once("exit", () => server.kill("SIGQUIT"));
  await untilItAnswers(server, directory);
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await run(directory, `create database ${name}`);
      return urlOf(directory, name);
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

async function untilItAnswers(server: ChildProcess, directory: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}.`);
    const answered = await run(directory, "select 1").then(
      () => true,
      () => false,
    );
    if (answered) return;
    await pause(100);
  }
  throw new Error("PostgreSQL did not start.");
}

async function run(directory: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(directory, "postgres") });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function urlOf(directory: string, database: string): string {
  return `postgresql://postgres@/${database}?host=${encodeURIComponent(directory)}`;
}
