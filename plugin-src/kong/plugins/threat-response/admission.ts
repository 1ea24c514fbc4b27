import { ruleDecision } from "./apply-decision.ts";
import type { Instance } from "./configure.ts";
import { isNarrow } from "./decision-line.ts";
import { detectSourceFlood, detectUnroutedFlood } from "./detectors/flood.ts";
import { findRecord } from "./evidence.ts";
import type { Source } from "./features/source.ts";
import { findIdentity } from "./identities.ts";
import { type CompiledList, matchList } from "./lists.ts";
import { isTrial } from "./rollout.ts";
import type { Arrival } from "./trace.ts";
import { type Ruling, ruleFinding } from "./verdict.ts";

/** What can be said by address, method and path alone, before routing: lists, decisions, the source's record and its rate. */
const ruleAllowedConsumer = (instance: Instance): Ruling | undefined => {
  const allowed = instance.allowedConsumers;
  if (allowed === undefined) return undefined;
  const identity = findIdentity(instance);
  if (identity === undefined) return undefined;
  const { consumer, username, customId } = identity;
  if (!allowed.has(consumer) && !allowed.has(username) && !allowed.has(customId)) return undefined;
  return { verdict: "allow", by: "list", reason: "allowed by consumer", retry_after: 0, score: 0 };
};

/** Which part of the list the request matches. */
const matchRequest = (list: CompiledList | undefined, source: Source): string | undefined => {
  if (list === undefined) return undefined;
  const variables = ngx.var;
  const method = variables.request_method ?? "";
  return matchList(list, source.binary, method, variables.uri ?? "", variables.http_user_agent);
};

const ruleAllowed = (instance: Instance, source: Source): Ruling | undefined => {
  const part = matchRequest(instance.allow, source);
  if (part === undefined) return ruleAllowedConsumer(instance);
  return { verdict: "allow", by: "list", reason: `allowed by ${part}`, retry_after: 0, score: 0 };
};

const ruleDenied = (instance: Instance, source: Source): Ruling | undefined => {
  const part = matchRequest(instance.deny, source);
  if (part === undefined) return undefined;
  return { verdict: "block", by: "list", reason: `denied by ${part}`, retry_after: 0, score: 100 };
};

const ruleRecord = (instance: Instance, source: Source): Ruling | undefined => {
  const finding = findRecord(instance, source);
  if (finding === undefined) return undefined;
  return { verdict: "block", by: "source", reason: finding.reason, retry_after: 0, score: finding.score, finding };
};

const ruleRate = (instance: Instance, source: Source, requests: number): Ruling | undefined => {
  const finding = detectSourceFlood(instance, source, requests) ?? detectUnroutedFlood(instance, source, requests);
  if (finding === undefined) return undefined;
  if (instance.enforce && isTrial(instance, source, finding)) finding.isTrial = true;
  return ruleFinding(finding, instance.config.thresholds, instance.config.flood.window_s);
};

/** The first that has something to say decides. A decision to allow beats the deny list; decisions for one route or for logins wait. */
export const admit = (instance: Instance, arrival: Arrival): Ruling | undefined => {
  const { source, decision } = arrival;
  const allowed = ruleAllowed(instance, source);
  if (allowed !== undefined) return allowed;
  if (decision?.action === "allow") return ruleDecision(source, decision);
  const denied = ruleDenied(instance, source);
  if (denied !== undefined) return denied;
  const decided = decision !== undefined && !isNarrow(decision) ? ruleDecision(source, decision) : undefined;
  if (decided !== undefined || source.isExempt) return decided;
  return ruleRecord(instance, source) ?? ruleRate(instance, source, arrival.requests);
};
