import type { Instance } from "./configure.ts";
import { UNROUTED } from "./contract/decision-feed.ts";
import { counters } from "./counters.ts";
import { type Decision, isNarrow } from "./decision-line.ts";
import { countHit, hasRouteDecisions, lookupRoute } from "./decisions.ts";
import { wasRouted } from "./error-paths.ts";
import type { Facts } from "./features/facts.ts";
import type { Source } from "./features/source.ts";
import { isKnownUser } from "./login-history.ts";
import { isMarkedUnrouted } from "./unrouted.ts";
import type { Ruling } from "./verdict.ts";

const { find, sub } = string;

/** Whether a throttled address has used up what it may still send. Slower than one a second means a longer window. */
const exceeds = (decision: Decision, source: Source): boolean => {
  const window = decision.rps < 1 ? 1 / decision.rps : 1;
  const [count] = counters.incr(`d${decision.id}:${source.key}`, 1, 0, window);
  return (count ?? 0) > Math.max(1, decision.rps);
};

/** What the decision means for a request to which it applies. */
export const ruleDecision = (source: Source, decision: Decision): Ruling | undefined => {
  const { action, id, rps } = decision;
  if (action === "overlay") return undefined;
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

const hasPrefix = (paths: string[], path: string): boolean => {
  for (const prefix of paths) {
    if (sub(path, 1, prefix.length) === prefix) return true;
  }
  return false;
};

const isMethodMeant = (methods: string, method: string): boolean => {
  const [at] = find(methods, `,${method},`, 1, true);
  return at !== undefined;
};

/** Whether a decision that is limited to some requests means this one. */
const isMeant = (facts: Facts, decision: Decision): boolean => {
  const { scope, route, methods, paths } = decision;
  if (route !== undefined && route !== facts.route?.id) return false;
  if (methods !== undefined && !isMethodMeant(methods, facts.method)) return false;
  if (paths !== undefined && !hasPrefix(paths, ngx.var.uri ?? facts.path)) return false;
  return scope !== "login" || (facts.login !== undefined && !isKnownUser(facts.source, facts.login));
};

/** A decision for one route or for logins only and the like, once route and login are known. */
export const ruleNarrowDecision = (facts: Facts, decision: Decision | undefined): Ruling | undefined => {
  if (decision === undefined || decision.action === "allow" || !isNarrow(decision)) return undefined;
  return isMeant(facts, decision) ? ruleDecision(facts.source, decision) : undefined;
};

/** Counts what a decision would do that is not in force. */
const countLogged = (ruling: Ruling | undefined): void => {
  if (ruling?.decision !== undefined) countHit(ruling.decision);
};

export const countLoggedPlain = (source: Source, logged: Decision | undefined): void => {
  if (logged !== undefined && !isNarrow(logged)) countLogged(ruleDecision(source, logged));
};

export const countLoggedNarrow = (facts: Facts, logged: Decision | undefined): void => {
  if (logged !== undefined) countLogged(ruleNarrowDecision(facts, logged));
};

/** A decision about the route of the request, for each client address. */
export const ruleRouteDecision = (instance: Instance, facts: Facts): Ruling | undefined => {
  if (facts.source.isExempt || !hasRouteDecisions(instance)) return undefined;
  const [decision, logged] = lookupRoute(instance, facts.source, facts.route?.id ?? UNROUTED);
  if (logged !== undefined && isMeant(facts, logged)) countLogged(ruleDecision(facts.source, logged));
  return decision !== undefined && isMeant(facts, decision) ? ruleDecision(facts.source, decision) : undefined;
};

/**
 * A decision about requests without a route, where nothing but the address and the path is known: it is for whoever asked for such paths again and
 * again, and not for paths that lately had a route.
 */
export const ruleUnroutedDecision = (instance: Instance, source: Source): Ruling | undefined => {
  if (source.isExempt || !hasRouteDecisions(instance) || !isMarkedUnrouted(source.key)) return undefined;
  const [decision, logged] = lookupRoute(instance, source, UNROUTED);
  if ((decision === undefined && logged === undefined) || wasRouted(ngx.var.uri ?? "")) return undefined;
  if (logged !== undefined) countLogged(ruleDecision(source, logged));
  return decision === undefined ? undefined : ruleDecision(source, decision);
};
