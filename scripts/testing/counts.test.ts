import { describe, expect, it } from "vitest";
import { countSteps, countSummary, countTap, countVitest, listFailures, settle } from "./counts.ts";

describe("counting", () => {
  it("takes a test file that failed to load for one failed test", () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [
        { status: "failed", assertionResults: [{}] },
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [{}, {}, {}] },
      ],
    };
    expect(countVitest(JSON.stringify(report))).toEqual({ passed: 3, failed: 2 });
  });

  it("has no counts where vitest left no report", () => {
    expect(countVitest("")).toBeUndefined();
  });

  it("reads busted's TAP", () => {
    expect(countTap("1..3\nok 1 - a\nnot ok 2 - b\n# message\nok 3 - c\n")).toEqual({ passed: 2, failed: 1 });
    expect(countTap("lua: module not found")).toBeUndefined();
  });

  it("reads the last summary of a script", () => {
    expect(countSummary("1 passed, 0 failed\nmore\n7 passed, 2 failed\n")).toEqual({ passed: 7, failed: 2 });
  });

  it("counts a crash as a failure, with and without counts", () => {
    expect(settle(undefined, false)).toEqual({ passed: 0, failed: 1 });
    expect(settle({ passed: 4, failed: 0 }, false)).toEqual({ passed: 4, failed: 1 });
    expect(settle({ passed: 4, failed: 2 }, false)).toEqual({ passed: 4, failed: 2 });
    expect(settle({ passed: 4, failed: 0 }, true)).toEqual({ passed: 4, failed: 0 });
  });

  it("counts a stage that reports nothing as failed, however it ended", () => {
    expect(settle(undefined, true)).toEqual({ passed: 0, failed: 1 });
  });

  it("reads how many of the demo's steps held", () => {
    expect(countSteps("…\n11 of 12 steps held\n")).toEqual({ passed: 11, failed: 1 });
  });

  it("names what failed, whoever ran it, and each once", () => {
    const vitest =
      "\u001b[31m FAIL \u001b[39m  e2e  test/e2e/a.test.ts > it holds\n FAIL   e2e  test/e2e/a.test.ts > it holds\n";
    expect(
      listFailures(`ok 1 - fine\nnot ok 2 - bad\n${vitest}  FAIL  types\n  FAILED  flood: stopped\n  held  x\n`),
    ).toEqual(["bad", "e2e test/e2e/a.test.ts > it holds", "types", "flood: stopped"]);
    expect(listFailures("0 failed\n7 passed\n")).toEqual([]);
  });
});
