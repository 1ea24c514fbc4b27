import type { Instance } from "./configure.ts";
import type { DecisionAction } from "./contract/decision-feed.ts";
import { counters } from "./counters.ts";
import { lookup } from "./decisions.ts";
import type { Facts } from "./features/facts.ts";
import type { Source } from "./features/source.ts";
import { isKnownUser } from "./login-history.ts";
import type { Ruling } from "./verdict.ts";

/** A decision of the agent about one address, as the feed has it. */
export interface Decision {
  action: DecisionAction;
  id: string;
  rps: number;
  /** `login`: only login attempts of users that never succeeded from that address. */
  scope: string | undefined;
  route: string | undefined;
}

export const findDecision = (instance: Instance, source: Source): Decision | undefined => {
  const [action, id, , rps, scope, route] = lookup(instance.config, source.binary);
  if (action === undefined) return undefined;
  return { action, id: id as string, rps: rps ?? 1, scope, route };
};

/** Whether a throttled address has used up what it may still send. Slower than one a second means a longer window. */
const exceeds = (decision: Decision, source: Source): boolean => {
  const window = decision.rps < 1 ? 1 / decision.rps : 1;
  const [count] = counters.incr(`d${decision.id}:${source.key}`, 1, 0, window);
  return (count ?? 0) > Math.max(1, decision.rps);
};

/** What the decision means for a request to which it applies. */
export const ruleDecision = (source: Source, decision: Decision): Ruling | undefined => {
  const { action, id, rps } = decision;
  if (action === "throttle" && !exceeds(decision, source)) return undefined;
  return {
    verdict: action,
    by: "decision",
    reason: `decision ${id}`,
    retry_after: Math.max(1, Math.ceil(1 / rps)),
    score: action === "allow" ? 0 : 100,
    decision: id,
  };
};

/** A decision for one route or for logins only, once route and login are known. */
export const ruleNarrowDecision = (facts: Facts, decision: Decision | undefined): Ruling | undefined => {
  if (decision === undefined || decision.action === "allow") return undefined;
  if (decision.scope === undefined && decision.route === undefined) return undefined;
  if (decision.route !== undefined && decision.route !== facts.route?.id) return undefined;
  if (decision.scope === "login" && (facts.login === undefined || isKnownUser(facts.source, facts.login)))
    return undefined;
  return ruleDecision(facts.source, decision);
};
