import { describe, expect, it } from "vitest";
import type { ActionOutcome } from "../store/schema.ts";
import { type Measured, summarize } from "./summary.ts";

const rates = (attack_passed: number, attack_stopped: number, legitimate_ok: number, legitimate_denied = 0) => ({
  window_ms: 10_000,
  attack_passed,
  attack_stopped,
  legitimate_ok,
  legitimate_denied,
});
const told = (outcome: ActionOutcome, after: ReturnType<typeof rates>, changes: Partial<Measured> = {}) =>
  summarize({
    before: rates(40, 0, 10),
    after,
    hits: null,
    problem: null,
    judgement: { outcome, harm: null, attack: null },
    stage: "full",
    ...changes,
  });

describe("summarize", () => {
  it.each([
    ["helped", "helped", rates(1, 39, 10), /^it helped: .*40\/s before, 1\/s after \(-97 %\)/],
    ["helped in part", "in_part", rates(20, 20, 10), /^it helped in part/],
    ["did not help", "useless", rates(50, 0, 10), /^it has not helped so far: .*\+25 %/],
    ["is not sure", "unknown", rates(0, 0, 10), /^what it does cannot be said yet/],
  ] as const)("says that it %s", (_name, outcome, after, text) => expect(told(outcome, after)).toMatch(text));

  it("says when nothing got through before either", () => {
    const text = told("helped", rates(0, 0, 10), { before: rates(0, 40, 10), hits: 12 });
    expect(text).toContain("none passed before either");
  });

  it("never calls silence recovery", () => {
    const text = told("unknown", rates(0, 0, 0));
    expect(text).toContain("nothing can be said");
    expect(text).not.toMatch(/help|recover/);
  });

  it("says first what harm it does", () => {
    const judgement = { outcome: "harmful", harm: "4 of 10 legitimate requests were denied", attack: null } as const;
    expect(told("harmful", rates(1, 39, 6, 4), { judgement })).toMatch(/^it harms: 4 of 10 legitimate/);
  });

  it("tells what the decision stopped or would have, and that an action is not in force", () => {
    expect(told("helped", rates(0, 1, 1), { hits: 12 })).toContain("its decision stopped 12 requests");
    expect(told("unknown", rates(1, 0, 1), { hits: 12, stage: "log_only" })).toContain("would have stopped 12");
    expect(told("unknown", rates(0, 1, 1), { problem: "the plugin is not there any more" })).toMatch(
      /^it is not in force/,
    );
  });
});
