/** Requests at a fixed rate whatever comes back, from a process of their own (`lua/open-loop.lua`). */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface SteadyLoad {
  port: number;
  perSecond: number;
  seconds: number;
  /** The bytes of the requests, sent in turn again and again. */
  requests: readonly (string | Buffer)[];
}

/**
 * One window of the load (3 s), in requests and milliseconds, counted from the moment a request was due; whatever is not answered with 2xx
 * has failed.
 */
export interface Latencies {
  answered: number;
  failed: number;
  p50: number;
  p99: number;
  max: number;
}

const GENERATOR = join(import.meta.dirname, "lua", "open-loop.lua");

export async function runSteadyLoad({ port, perSecond, seconds, requests }: SteadyLoad): Promise<Latencies[]> {
  const folder = mkdtempSync(join(tmpdir(), "threat-response-load-"));
  const file = join(folder, "requests");
  const parts = requests.flatMap((request) => [Buffer.from(`${Buffer.byteLength(request)}\n`), Buffer.from(request)]);
  writeFileSync(file, Buffer.concat(parts));
  try {
    const { stdout } = await promisify(execFile)("luajit", [GENERATOR, port, perSecond, seconds, file].map(String));
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Latencies);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
