/** Runs every stage, or the named ones, and adds up their counts. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, settle } from "./counts.ts";
import { STAGES, type Stage } from "./stages.ts";

const folder = mkdtempSync(join(tmpdir(), "threat-response-test-"));

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Shows the output while it comes. A stage that hangs is ended, its children with it. */
function run(stage: Stage): Promise<Counts> {
  const report = join(folder, `${stage.name}.json`);
  const [command, ...args] = stage.command.map((word) => word.replace("{report}", report));
  return new Promise((resolve) => {
    const child = spawn(command!, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
    let output = "";
    const timer = setTimeout(() => {
      process.stdout.write(`\n${stage.name}: ended after ${stage.timeoutMinutes} minutes\n`);
      process.kill(-child.pid!, "SIGKILL");
    }, stage.timeoutMinutes * 60_000);
    const done = (exitedWell: boolean) => {
      clearTimeout(timer);
      resolve(settle(stage.count(output, readReport(report)), exitedWell));
    };
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on("error", (error) => {
      process.stdout.write(`${stage.name}: ${error.message}\n`);
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

const lines: string[] = [];
const total: Counts = { passed: 0, failed: 0 };
for (const stage of wanted(process.argv.slice(2))) {
  const missing = stage.missing?.();
  process.stdout.write(`\n== ${stage.what}${missing ? `: not run, ${missing}` : ""}\n`);
  if (missing) {
    lines.push(`${stage.name}: not run, ${missing}`);
    continue;
  }
  const started = Date.now();
  const counts = await run(stage);
  const seconds = Math.round((Date.now() - started) / 1000);
  lines.push(`${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\n${lines.map((line) => `  ${line}`).join("\n")}\n\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
