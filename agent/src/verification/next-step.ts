import { counted } from "../counted.ts";
import { type Action, isProbing } from "../store/actions.ts";
import type { ActionOutcome, ActionStage, Effect } from "../store/schema.ts";
import type { Judgement, Observed } from "./judge.ts";
import {
  PROBE_AFTER_MS,
  PROBE_AFTER_SHARE,
  PROBE_EVIDENCE,
  PROBE_EVIDENCE_SHARE,
  PROBE_GIVE_UP_WINDOWS,
  PROBE_WINDOWS,
  SETTLING_MS,
  USELESS_WINDOWS,
  WINDOW_MS,
} from "./settings.ts";

export interface Facts {
  action: Action;
  /** It can be in force in part. */
  isStaged: boolean;
  /** Its canary has a share between counting and all. */
  hasShare: boolean;
  observed: Observed;
  judgement: Judgement;
  effect: Effect;
  /** Of the incident, epoch milliseconds. */
  lastEvidence: number;
  now: number;
}

/** What to do about an action that was measured. `stage` also begins and ends a probe. */
export type Step =
  | { do: "keep" }
  | { do: "stage"; stage: ActionStage; probe: boolean; why: string }
  | { do: "withdraw"; outcome: ActionOutcome; why: string }
  | { do: "lift"; why: string };

const KEEP: Step = { do: "keep" };

/** Pure. */
export function nextStep(facts: Facts): Step {
  const { action, judgement, effect } = facts;
  if (action.stage === "log_only") return afterCounting(facts);
  if (judgement.outcome === "harmful")
    return { do: "withdraw", outcome: "harmful", why: judgement.harm ?? "it harms legitimate requests" };
  if (isProbing(action)) return afterProbe(facts);
  // Without traffic nothing was tried.
  if (action.stage === "share")
    return isIdle(facts) ? KEEP : { do: "stage", stage: "full", probe: false, why: "on a share it did no harm" };
  if ((effect.useless ?? 0) >= USELESS_WINDOWS)
    return { do: "withdraw", outcome: "useless", why: `it did not help in ${effect.useless} windows` };
  return isTimeToProbe(facts)
    ? { do: "stage", stage: "full", probe: true, why: "a little is let through, to see whether it is still needed" }
    : KEEP;
}

const isIdle = ({ observed: { after, hits, hitsApart } }: Facts): boolean =>
  after.requests + (hitsApart ? (hits ?? 0) : 0) <= 0;

/** Its hits have to be the attack's: no more of them than requests that were evidence or did not succeed anyway. */
function afterCounting(facts: Facts): Step {
  const { observed, hasShare } = facts;
  const { hits, after } = observed;
  if (hits === 0 || isIdle(facts)) return KEEP;
  const others = after.requests - after.legitimate_ok;
  if (hits !== null && hits - others > 0.1 * hits + 3) {
    const why = `it would have stopped ${counted(hits, "request")}, of which only ${Math.round(others)} can be the attack's`;
    return { do: "withdraw", outcome: "harmful", why };
  }
  const why =
    hits === null ? "what it would stop is not counted" : `what it would have stopped (${hits}) is the attack`;
  return { do: "stage", stage: hasShare ? "share" : "full", probe: false, why };
}

function isTimeToProbe({ action, isStaged, judgement, now }: Facts): boolean {
  const since = action.stage_at ?? action.applied_at ?? now;
  const ends = action.expires_at ?? now;
  if (!isStaged || !["helped", "in_part"].includes(judgement.outcome)) return false;
  if (ends - now < (PROBE_WINDOWS + 1) * WINDOW_MS) return false;
  return now - since >= Math.max(PROBE_AFTER_MS, (ends - (action.applied_at ?? now)) * PROBE_AFTER_SHARE);
}

/** Silence proves nothing: then it is in force again until its expiry. */
function afterProbe({ action, observed, effect, lastEvidence }: Facts): Step {
  const { before, after } = observed;
  const again = (why: string): Step => ({ do: "stage", stage: "full", probe: false, why });
  const rate = after.attack_passed / after.seconds;
  const usedToPass = (before.attack_passed + before.attack_stopped) / before.seconds;
  const passed = after.attack_passed >= PROBE_EVIDENCE && rate > usedToPass * PROBE_EVIDENCE_SHARE;
  if (passed || lastEvidence > (action.probed_at ?? 0) + SETTLING_MS) return again("the attack came back at once");
  const windows = effect.windows ?? 0;
  if (after.requests === 0) return windows >= PROBE_GIVE_UP_WINDOWS ? again("without traffic nothing is proved") : KEEP;
  return windows >= PROBE_WINDOWS
    ? { do: "lift", why: "a little was let through, and the attack did not come back" }
    : KEEP;
}
