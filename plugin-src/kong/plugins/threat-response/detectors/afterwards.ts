import type { Instance } from "../configure.ts";
import type { Outcome } from "../outcome.ts";
import { markTrials } from "../rollout.ts";
import type { Finding } from "../score.ts";
import { detectAbuse } from "./abuse.ts";
import { detectErrors } from "./mass-error.ts";

/** The detectors that judge by the answer, in order. What they find belongs to incidents; nothing can be done to this request any more. */
export const detectAfterwards = (instance: Instance, outcome: Outcome): void => {
  const abuse = detectAbuse(instance, outcome);
  const errors = detectErrors(instance, outcome);
  if (abuse === undefined && errors === undefined) return;
  // What `readOutcome` gives is shared by all that have none.
  const findings: Finding[] = [];
  for (const finding of outcome.findings) findings.push(finding);
  if (abuse !== undefined) findings.push(abuse);
  if (errors !== undefined) findings.push(errors);
  markTrials(instance, outcome.source, findings);
  outcome.findings = findings;
};
