/**
 * Runs the end-to-end tests against one gateway:
 *   npm run e2e -- [--gateway dev|native|docker|all] [file …]
 * A gateway that is not at hand is reported as not run; asked for by name, it ends with status 3.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { availableTargets, TARGETS, type Target } from "./gateway/targets.ts";

const NOT_RUN = 3;
const ROOT = join(import.meta.dirname, "..", "..");

interface Counts {
  passed: number;
  failed: number;
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file whose preparation failed has no failed test of its own, and counts as one. */
function countBroken({ testResults }: Report): number {
  const isBroken = (file: Report["testResults"][number]) =>
    file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed");
  return testResults.filter(isBroken).length;
}

function readCounts(path: string): Counts {
  try {
    const report = JSON.parse(readFileSync(path, "utf8")) as Report;
    return { passed: report.numPassedTests, failed: report.numFailedTests + countBroken(report) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function runOn(target: Target, files: string[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), "e2e-"));
  const report = join(folder, "report.json");
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--project", "e2e", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [vitest, ...args, ...files], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, GATEWAY_TARGET: target },
  });
  const counts = readCounts(report);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function wanted(name: string): readonly Target[] {
  if (name === "all") return TARGETS;
  const target = TARGETS.find((candidate) => candidate === name);
  if (target) return [target];
  console.error(`--gateway must be one of ${TARGETS.join(", ")}, all; not "${name}"`);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  options: { gateway: { type: "string", default: "dev" } },
  allowPositionals: true,
});
const available = availableTargets();
const total: Counts = { passed: 0, failed: 0 };
let ran = 0;
for (const target of wanted(values.gateway)) {
  const { missing } = available[target];
  if (missing) {
    console.log(`gateway ${target}: not run, ${missing}`);
    continue;
  }
  ran++;
  const counts = runOn(target, positionals);
  console.log(`gateway ${target}: ${counts.passed} passed, ${counts.failed} failed`);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : ran === 0 ? NOT_RUN : 0;
