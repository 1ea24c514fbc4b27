import type { Config } from "./configure.ts";
import type { Verdict } from "./contract/categories.ts";
import type { Finding } from "./score.ts";

/** What should happen to a request, and why. In monitor mode it is only reported. */
export interface Ruling {
  verdict: Verdict;
  /** Who says so: a list, a decision of the agent, the evidence against the source, a detector, or that there was something to be inspected and it could not be. */
  by: "list" | "decision" | "source" | "detector" | "inspection";
  reason: string;
  /** Seconds until a throttled client may come again. */
  retry_after: number;
  score: number;
  finding?: Finding;
  /** Id of the agent's decision. */
  decision?: string;
}

export type Thresholds = Config["thresholds"];

/** The part of the configuration that rulings depend on. */
export type Limits = Pick<Config, "thresholds" | "login" | "flood">;

export const STRENGTH: Record<Verdict, number> = { allow: 0, flag: 1, throttle: 2, block: 3 };

/** The stronger of two rulings; of equally strong ones the first. */
export const stronger = (a: Ruling | undefined, b: Ruling | undefined): Ruling | undefined => {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return STRENGTH[b.verdict] > STRENGTH[a.verdict] ? b : a;
};

export const isStop = (verdict: Verdict): boolean => verdict === "throttle" || verdict === "block";

export const stops = (ruling: Ruling | undefined): boolean => ruling !== undefined && isStop(ruling.verdict);

/** A finding at the block threshold earns its own strongest action, one at the flag threshold a flag, anything below nothing. */
export const ruleFinding = (finding: Finding, thresholds: Thresholds, retryAfter: number): Ruling | undefined => {
  if (finding.score < thresholds.flag) return undefined;
  const verdict = finding.score < thresholds.block ? "flag" : finding.action;
  return { verdict, by: "detector", reason: finding.reason, retry_after: retryAfter, score: finding.score, finding };
};

/** The strongest ruling that any of the findings earns; with `isTrial` any of those that are only tried out. */
export const ruleFindings = (
  findings: Finding[] | undefined,
  limits: Limits,
  isTrial?: boolean,
): Ruling | undefined => {
  let ruling: Ruling | undefined;
  for (const finding of findings ?? []) {
    if ((finding.isTrial === true) !== (isTrial === true)) continue;
    const isLogin = finding.category === "credential_stuffing";
    const retryAfter = finding.retryAfter ?? (isLogin ? limits.login.window_s : limits.flood.window_s);
    ruling = stronger(ruling, ruleFinding(finding, limits.thresholds, retryAfter));
  }
  return ruling;
};
