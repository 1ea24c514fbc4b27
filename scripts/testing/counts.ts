import { stripVTControlCharacters } from "node:util";

/** How many tests of a stage passed and failed, read from what its runner reports. */
export interface Counts {
  passed: number;
  failed: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** Vitest's JSON report. A file that failed to load has no tests of its own and counts as one that failed. */
export function countVitest(report: string): Counts | undefined {
  try {
    const parsed = JSON.parse(report) as VitestReport;
    const broken = parsed.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
    return { passed: parsed.numPassedTests, failed: parsed.numFailedTests + broken.length };
  } catch {
    return undefined;
  }
}

/** TAP, as busted prints it. */
export function countTap(output: string): Counts | undefined {
  const lines = output.split("\n");
  const passed = lines.filter((line) => /^ok \d/.test(line)).length;
  const failed = lines.filter((line) => /^not ok \d/.test(line)).length;
  return passed + failed > 0 ? { passed, failed } : undefined;
}

/** The last `N passed, N failed` that a script of this project prints. */
export function countSummary(output: string): Counts | undefined {
  const all = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)];
  const last = all.at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}

/** The demo's closing line. */
export function countSteps(output: string): Counts | undefined {
  const found = /^(\d+) of (\d+) steps held/m.exec(output);
  return found ? { passed: Number(found[1]), failed: Number(found[2]) - Number(found[1]) } : undefined;
}

/** A stage that reports nothing failed, and one that ended badly without naming a failed test still failed once. */
export function settle(counts: Counts | undefined, exitedWell: boolean): Counts {
  if (!counts) return { passed: 0, failed: 1 };
  return exitedWell || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const FAILURE = /^\s*(?:not ok \d+ - |FAIL(?:ED)?\s+)(.+)$/gm;

/** What runners say of a failed test, check or step in a line of its own, each once: for the end of a long output, which may be all that is kept. */
export function listFailures(output: string): string[] {
  const names = [...stripVTControlCharacters(output).matchAll(FAILURE)].map(([, name]) =>
    name!.trim().replace(/ {2,}/g, " "),
  );
  return [...new Set(names)];
}
