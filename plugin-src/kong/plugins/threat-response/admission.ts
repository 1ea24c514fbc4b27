import { ruleDecision } from "./apply-decision.ts";
import type { Instance } from "./configure.ts";
import { isNarrow } from "./decision-line.ts";
import { detectSourceFlood, detectUnroutedFlood } from "./detectors/flood.ts";
import { findRecord } from "./evidence.ts";
import type { Source } from "./features/source.ts";
import { findIdentity } from "./identities.ts";
import { servedPath } from "./known/request-view.ts";
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

const matchAs = (list: CompiledList, source: Source, path: string): string | undefined => {
  const variables = ngx.var;
  return matchList(list, source.binary, variables.request_method ?? "", path, variables.http_user_agent);
};

/** Which part of the list the request matches. A service may read `/a/..;/b` as `/b`: to be allowed both have to be, to be denied one of them. */
const matchRequest = (list: CompiledList | undefined, source: Source, isAllowList: boolean): string | undefined => {
  if (list === undefined) return undefined;
  const path = ngx.var.uri ?? "";
  const part = matchAs(list, source, path);
  if (list.paths === undefined || (part === undefined) === isAllowList) return part;
  const served = servedPath(path);
  return served === undefined ? part : matchAs(list, source, served);
};

const ruleAllowed = (instance: Instance, source: Source): Ruling | undefined => {
  const part = matchRequest(instance.allow, source, true);
  if (part === undefined) return ruleAllowedConsumer(instance);
  return { verdict: "allow", by: "list", reason: `allowed by ${part}`, retry_after: 0, score: 0 };
};

const ruleDenied = (instance: Instance, source: Source): Ruling | undefined => {
  const part = matchRequest(instance.deny, source, false);
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
