/** The built Lua under simulated time, in a LuaJIT process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { IncidentRecord } from "../../../contract/ingest.ts";
import type { Answer, Route } from "./scenario.ts";

const root = join(import.meta.dirname, "..", "..", "..");

export interface Setup {
  workers: number;
  seed: number;
  now: number;
  routes: Route[];
  config: Record<string, unknown>;
}

/** Times are epoch seconds here. */
export interface Step {
  to: number;
  requests: object[];
  /** The gateway is configured anew before. */
  configure?: boolean;
  config?: Record<string, unknown>;
}

export interface StepResult {
  answers?: (Answer & { id: number; at: number })[];
  /** Traffic records and others have no category. */
  records?: { at: number; worker: number; record: IncidentRecord }[];
  /** Requests that passed because the plugin raised an error. */
  failures: number;
  /** Operations on the shared dictionary so far. */
  operations: number;
  logged?: string;
}

export interface Gauge {
  /** All workers, the shared dictionary and the simulation itself. */
  kilobytes: number;
  /** In the shared dictionary. */
  keys: number;
}

export interface Simulator {
  /** Epoch seconds when all workers are up. */
  startedAt: number;
  step(step: Step): Promise<StepResult>;
  gauge(): Promise<Gauge>;
  close(): void;
}

/** Sends one line, resolves with the line that answers it. */
function converse(child: ChildProcessWithoutNullStreams) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => {});
  return async <T>(message: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`The simulation ended: ${errors}`);
    return JSON.parse(value) as T;
  };
}

export async function startSimulator(setup: Setup): Promise<Simulator> {
  const folder = join(root, "lua-dist");
  if (!existsSync(folder)) throw new Error("The plugin is not built; run scripts/build plugin first.");
  const child = spawn("luajit", [join(import.meta.dirname, "lua", "simulate.lua"), folder]);
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const ask = converse(child);
  const { now } = await Promise.race([ask<{ now: number }>(setup), failed]);
  return {
    startedAt: now,
    step: (step) => ask<StepResult>(step),
    gauge: () => ask<Gauge>({ gauge: true }),
    close: () => child.stdin.end(),
  };
}
