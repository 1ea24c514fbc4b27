import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export { freePort } from "../../dev-gateway/free-port.ts";

const started = new Set<ChildProcess>();
const directories = new Set<string>();

process.once("exit", () => {
  for (const child of started) signalGroup(child, "SIGKILL");
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Removed when this process ends, or before. */
export function temporaryDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  directories.add(path);
  return {
    path,
    remove: () => {
      directories.delete(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Children are leaders of their own process group, so that nothing they start is left behind. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // The group is gone already.
  }
}

export interface RunningProcess {
  child: ChildProcess;
  pid: number;
  /** The first line on stdout that is a JSON object: what it says about itself when it is ready. */
  ready: Record<string, unknown>;
  /** What it wrote to stdout so far. */
  output(): string;
  /** What it wrote to stderr so far. */
  errors(): string;
  /** Asks it to end, and ends its whole group if it has not after some seconds. */
  stop(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function stopProcess(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await Promise.race([exited, sleep(8000, undefined, { ref: false })]);
  }
  signalGroup(child, "SIGKILL");
  started.delete(child);
}

/** Starts a program that prints one JSON line when it is ready. */
export async function startProcess(
  command: string,
  args: string[],
  options: SpawnOptions = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
  started.add(child);
  const exited = once(child, "exit");
  let output = "";
  let errors = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-10_000_000);
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-100_000);
  });
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code} before it was ready: ${errors}`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const value = parseObject(line);
      if (value) resolve(value);
    });
  });
  return {
    child,
    pid: child.pid!,
    ready,
    output: () => output,
    errors: () => errors,
    stop: () => stopProcess(child, exited),
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
}

/** Starts a TypeScript program of this repository. */
export function startScript(path: string, args: string[] = [], options: SpawnOptions = {}): Promise<RunningProcess> {
  return startProcess(process.execPath, ["--import", "tsx", path, ...args], options);
}
