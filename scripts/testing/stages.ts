import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Counts, countSteps, countSummary, countTap, countVitest } from "./counts.ts";

/** One runner of checks or tests. */
export interface Stage {
  name: string;
  what: string;
  command: string[];
  /** Vitest writes its counts to a file; `{report}` in the command stands for its path. */
  count: (output: string, report: string) => Counts | undefined;
  timeoutMinutes: number;
  /** Why it cannot run here; it is then reported as not run, never as passed. */
  missing?: () => string | undefined;
  /** Keeps one core busy and no clock: runs beside the stage before it. */
  isBeside?: boolean;
}

const vitest = (...args: string[]) => [
  "node_modules/.bin/vitest",
  "run",
  ...args,
  "--reporter=default",
  "--reporter=json",
  "--outputFile.json={report}",
];
const fromVitest = (_output: string, report: string) => countVitest(report);
const needs = (path: string) => () => (existsSync(path) ? undefined : `${path} is not there`);

export function corporaFolder(): string | undefined {
  const folder = process.env.CORPORA ?? join("..", "shared", "corpora");
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".jsonl.gz")) ? folder : undefined;
}

export const STAGES: Stage[] = [
  { name: "checks", what: "Checks", command: ["scripts/check"], count: countSummary, timeoutMinutes: 5 },
  {
    name: "plugin",
    what: "Plugin, under LuaJIT",
    command: ["busted", "--lua=/usr/bin/luajit", "--output=TAP", "test/plugin"],
    count: countTap,
    timeoutMinutes: 5,
    missing: needs("test/plugin"),
    isBeside: true,
  },
  {
    name: "agent",
    what: "Agent and demo, on PGlite and on PostgreSQL",
    command: vitest("--project=beside", "--project=built"),
    count: fromVitest,
    timeoutMinutes: 12,
  },
  {
    name: "e2e",
    what: "End to end on dev-gateway",
    command: ["node_modules/.bin/tsx", "test/e2e/main.ts", "--gateway", "dev"],
    count: countSummary,
    timeoutMinutes: 15,
    missing: needs("test/e2e/main.ts"),
  },
  {
    name: "e2e-native",
    what: "End to end on Kong",
    command: ["node_modules/.bin/tsx", "test/e2e/main.ts", "--gateway", "native"],
    count: countSummary,
    timeoutMinutes: 15,
    missing: () => (process.env.KONG_BIN ? undefined : "KONG_BIN does not name a Kong"),
  },
  {
    name: "faults",
    what: "Faults: killed, cut off, forged, overfull",
    command: vitest("--project=faults"),
    count: fromVitest,
    timeoutMinutes: 10,
    missing: needs("test/faults"),
  },
  {
    name: "corpora",
    what: "False positives on benign traffic, in enforce mode",
    command: ["node_modules/.bin/tsx", "scripts/testing/false-positives.ts"],
    count: countSummary,
    timeoutMinutes: 5,
    missing: () => (corporaFolder() ? undefined : "no corpora; name their folder in CORPORA"),
  },
  {
    name: "demo",
    what: "The demo, start to end",
    command: ["scripts/demo", "--exit"],
    count: countSteps,
    timeoutMinutes: 6,
  },
];

/** What runs at the same time, in order. */
export function groupStages(stages: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (stage.isBeside && last) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}
