import type { Category, PayloadClass, Verdict } from "./contract/categories.ts";
import type { Outcome } from "./outcome.ts";
import type { Finding } from "./score.ts";
import { isStop, type Ruling } from "./verdict.ts";

/**
 * What a request's line in the log says about it: the member `threat_response` of what any of Kong's logging plugins writes. Given once,
 * in `log`, before those plugins have their turn, and only where there was a verdict or a finding. Kong takes no table twice in one line, so
 * that each is made anew. Texts are redacted already.
 */

/** One finding. The members of the strongest are those of the line itself too. */
interface Explained {
  detector: string;
  category: Category;
  class: PayloadClass | undefined;
  score: number;
  field: string | undefined;
  window: string | undefined;
  reason: string;
  rule: string | undefined;
}

interface Line extends Partial<Explained> {
  verdict: Verdict;
  enforced: boolean;
  would: Verdict | undefined;
  by: Ruling["by"] | undefined;
  decision: string | undefined;
  uninspected: string | undefined;
  findings: Explained[] | undefined;
}

const MAX_FINDINGS = 5;

const explainFinding = (finding: Finding): Explained => ({
  detector: finding.detector,
  category: finding.category,
  class: finding.class,
  score: finding.score,
  field: finding.field,
  window: finding.window,
  reason: finding.reason,
  rule: finding.rule,
});

const explainFindings = (findings: Finding[]): Explained[] | undefined => {
  if (findings.length === 0) return undefined;
  const explained: Explained[] = [];
  for (const finding of findings) {
    if (explained.length < MAX_FINDINGS) explained.push(explainFinding(finding));
  }
  return explained;
};

const strongestOf = (findings: Finding[]): Finding | undefined => {
  let best: Finding | undefined;
  for (const finding of findings) if (best === undefined || finding.score > best.score) best = finding;
  return best;
};

/** Pure: the line of an outcome; nil where there is nothing to tell. */
export const lineOf = (outcome: Outcome, isEnforcing: boolean): Line | undefined => {
  const { ruling, findings, isStopped } = outcome;
  const verdict = ruling?.verdict ?? "allow";
  if (verdict === "allow" && findings.length === 0) return undefined;
  const finding = ruling?.finding ?? strongestOf(findings);
  const enforced = isStop(verdict) ? isStopped : isEnforcing && finding?.isTrial !== true;
  return {
    verdict,
    enforced,
    would: verdict !== "allow" && !enforced ? verdict : undefined,
    by: ruling?.by,
    decision: ruling?.decision,
    uninspected: outcome.facts?.uninspected,
    detector: finding?.detector,
    category: finding?.category,
    class: finding?.class,
    score: ruling?.score ?? finding?.score,
    field: finding?.field,
    window: finding?.window,
    reason: ruling?.reason ?? finding?.reason,
    rule: finding?.rule,
    findings: explainFindings(findings),
  } as Line;
};

export const explain = (outcome: Outcome, isEnforcing: boolean): void => {
  const line = lineOf(outcome, isEnforcing);
  if (line !== undefined) kong.log.set_serialize_value("threat_response", line);
};
