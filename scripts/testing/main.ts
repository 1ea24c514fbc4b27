/** Runs every stage, or the named ones, and adds up their counts. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, listFailures, settle } from "./counts.ts";
import { groupStages, STAGES, type Stage } from "./stages.ts";

const folder = mkdtempSync(join(tmpdir(), "threat-response-test-"));

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

type Show = (text: string) => unknown;

interface Outcome extends Counts {
  failures: string[];
}

/** A stage that hangs is ended, its children with it. */
function run(stage: Stage, show: Show): Promise<Outcome> {
  const report = join(folder, `${stage.name}.json`);
  const [command, ...args] = stage.command.map((word) => word.replace("{report}", report));
  return new Promise((resolve) => {
    const child = spawn(command!, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    let errors = "";
    const timer = setTimeout(() => {
      show(`\n${stage.name}: ended after ${stage.timeoutMinutes} minutes\n`);
      process.kill(-child.pid!, "SIGKILL");
    }, stage.timeoutMinutes * 60_000);
    const done = (exitedWell: boolean) => {
      clearTimeout(timer);
      const failures = exitedWell ? [] : listFailures(`${output}\n${errors}`);
      resolve({ ...settle(stage.count(output, readReport(report)), exitedWell), failures });
    };
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      show(chunk.toString());
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
      show(chunk.toString());
    });
    child.on("error", (error) => {
      show(`${stage.name}: ${error.message}\n`);
      done(false);
    });
    child.on("close", (code) => done(code === 0));
  });
}

function wanted(names: string[]): Stage[] {
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(", ")}; stages: ${STAGES.map((stage) => stage.name).join(", ")}\n`);
    process.exit(2);
  }
  return names.length > 0 ? STAGES.filter((stage) => names.includes(stage.name)) : STAGES;
}

interface Result extends Counts {
  lines: string[];
}

async function measure(stage: Stage, show: Show): Promise<Result> {
  const missing = stage.missing?.();
  show(`\n== ${stage.what}${missing ? `: not run, ${missing}` : ""}\n`);
  if (missing) return { lines: [`${stage.name}: not run, ${missing}`], passed: 0, failed: 0 };
  const started = Date.now();
  const { failures, ...counts } = await run(stage, show);
  const seconds = Math.round((Date.now() - started) / 1000);
  const summary = `${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`;
  return { ...counts, lines: [summary, ...failures.map((name) => `  failed: ${name}`)] };
}

const write = (text: string) => void process.stdout.write(text);

/** Side by side. The first of them shows its output while it comes, the others theirs when all have ended. */
async function runTogether([first, ...others]: Stage[]): Promise<Result[]> {
  const held = others.map((): string[] => []);
  const results = await Promise.all([
    ...(first ? [measure(first, write)] : []),
    ...others.map((stage, at) => measure(stage, (text) => held[at]?.push(text))),
  ]);
  held.flat().forEach(write);
  return results;
}

const results: Result[] = [];
for (const together of groupStages(wanted(process.argv.slice(2)))) results.push(...(await runTogether(together)));
const sum = (name: keyof Counts) => results.reduce((total, result) => total + result[name], 0);
rmSync(folder, { recursive: true, force: true });
write(`\n${results.flatMap(({ lines }) => lines.map((line) => `  ${line}`)).join("\n")}\n\n`);
write(`${sum("passed")} passed, ${sum("failed")} failed\n`);
process.exitCode = sum("failed") > 0 ? 1 : 0;
