import { describe, expect, it } from "vitest";
import type { Action } from "../store/actions.ts";
import type { Counts } from "./judge.ts";
import { type Facts, nextStep } from "./next-step.ts";

const NOW = 1_800_000_000_000;
const QUIET: Counts = {
  seconds: 11,
  requests: 0,
  attack_passed: 0,
  attack_stopped: 0,
  legitimate_ok: 0,
  legitimate_denied: 0,
  errors: 0,
};
const BUSY: Counts = { ...QUIET, requests: 60, attack_passed: 10, legitimate_ok: 50 };

function facts(stage: Action["stage"], after: Counts, hits: number | null, hitsApart = false): Facts {
  const times = { applied_at: NOW - 20_000, stage_at: NOW - 20_000, expires_at: NOW + 600_000, probed_at: null };
  return {
    action: { stage, ...times } as Action,
    isStaged: true,
    hasShare: true,
    observed: { usual: null, before: BUSY, after, hits, hitsApart, looksClean: false, closes: false },
    judgement: { outcome: "unknown", harm: null, attack: null },
    effect: {} as Facts["effect"],
    lastEvidence: NOW - 20_000,
    now: NOW,
  };
}

describe("a canary", () => {
  it.each([
    ["log_only", "nothing is counted, and nothing comes", QUIET, null],
    ["log_only", "none of what comes is met", BUSY, 0],
    ["share", "nothing comes", QUIET, 0],
    ["share", "nothing comes, and nothing is counted", QUIET, null],
  ] as const)("stays at %s as long as %s", (stage, _why, after, hits) => {
    expect(nextStep(facts(stage, after, hits))).toEqual({ do: "keep" });
  });

  it.each([
    ["log_only", BUSY, 10, false, "share"],
    ["log_only", BUSY, null, false, "share"],
    ["share", BUSY, 3, false, "full"],
    // All that comes is met by a patch, which nobody else counts.
    ["share", QUIET, 8, true, "full"],
  ] as const)("goes on from %s once something was tried", (stage, after, hits, hitsApart, to) => {
    expect(nextStep(facts(stage, after, hits, hitsApart))).toMatchObject({ do: "stage", stage: to, probe: false });
  });

  it("is withdrawn when what it would have stopped is not the attack", () => {
    const legitimate = { ...BUSY, attack_passed: 0, legitimate_ok: 60 };
    expect(nextStep(facts("log_only", legitimate, 40))).toMatchObject({ do: "withdraw", outcome: "harmful" });
  });
});

it("what was probed without any traffic is in force again, and not lifted", () => {
  const probed = facts("full", QUIET, 0);
  probed.lastEvidence = NOW - 100_000;
  probed.action = { ...probed.action, probed_at: NOW - 50_000 };
  probed.effect = { windows: 3 } as Facts["effect"];
  expect(nextStep(probed)).toEqual({ do: "keep" });
  probed.effect = { windows: 4 } as Facts["effect"];
  expect(nextStep(probed)).toMatchObject({ do: "stage", stage: "full", probe: false });
});
