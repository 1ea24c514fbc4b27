import { describe, expect, it } from "vitest";
import { summarize } from "./summary.ts";

const rates = (attack_passed: number, attack_stopped: number, legitimate_ok: number, legitimate_denied = 0) => ({
  window_ms: 10_000,
  attack_passed,
  attack_stopped,
  legitimate_ok,
  legitimate_denied,
});
const told = (before: ReturnType<typeof rates>, after: ReturnType<typeof rates>, changes = {}) =>
  summarize({ before, after, hits: null, problem: null, ...changes });

describe("summarize", () => {
  it.each([
    ["helped", rates(40, 0, 10), rates(1, 39, 10), /^it helped: .*40\/s before, 1\/s after \(-97 %\)/],
    ["helped in part", rates(40, 0, 10), rates(20, 20, 10), /^it helped in part/],
    ["did not help", rates(40, 0, 10), rates(50, 0, 10), /^it has not helped so far: .*\+25 %/],
    ["found nothing getting through before", rates(0, 40, 10), rates(0, 0, 10), /none passed before either/],
  ])("says that it %s", (_name, before, after, text) => expect(told(before, after)).toMatch(text));

  it("never calls silence recovery", () => {
    const text = told(rates(40, 0, 10), rates(0, 0, 0));
    expect(text).toContain("nothing can be said");
    expect(text).not.toMatch(/help|recover/);
  });

  it("warns when legitimate users may be hit", () => {
    expect(told(rates(40, 0, 10, 0), rates(1, 39, 6, 4))).toContain("may hit legitimate users");
    expect(told(rates(40, 0, 10, 0), rates(1, 39, 10, 0))).not.toContain("may hit");
  });

  it("tells what the decision stopped, and that an action is not in force", () => {
    expect(told(rates(1, 0, 1), rates(0, 1, 1), { hits: 12 })).toContain("its decision stopped 12 requests");
    expect(told(rates(1, 0, 1), rates(0, 1, 1), { problem: "the plugin is not there any more" })).toMatch(
      /^it is not in force/,
    );
  });
});
