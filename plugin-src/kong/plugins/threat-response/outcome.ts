import type { Instance } from "./configure.ts";
import { observeClient } from "./detectors/client-anomaly.ts";
import type { Facts } from "./features/facts.ts";
import { readSource, type Source } from "./features/source.ts";
import { forgetIdentity, type Identity, learnIdentity } from "./identities.ts";
import { learnLogin } from "./learned-logins.ts";
import { type LoginResult, observeLogin, readAnswer } from "./login-outcome.ts";
import { wasPatched } from "./patch-hits.ts";
import { markTrials } from "./rollout.ts";
import type { Finding } from "./score.ts";
import type { Trace } from "./trace.ts";
import type { Ruling } from "./verdict.ts";

/** A request that is over. Where another plugin, the router or nginx ended it early, only the source and the answer are known. */
export interface Outcome {
  source: Source;
  facts: Facts | undefined;
  route: KongRoute | undefined;
  ruling: Ruling | undefined;
  findings: Finding[];
  login: LoginResult | undefined;
  /** Whose request Kong found it to be, by a credential that the request presents. */
  identity: Identity | undefined;
  status: number;
  answeredBy: "exit" | "error" | "service";
  /** The how-maniest of its address in the window; 0 where that was not counted. */
  requests: number;
  /** This plugin ended the request: the answer is its own and no evidence of anything. */
  isStopped: boolean;
  /** There was evidence of an attack, or a list, a decision or the source's record against it. */
  isSuspicious: boolean;
}

const readLoginResult = (instance: Instance, trace: Trace, status: number): LoginResult | undefined => {
  const { facts } = trace;
  const login = facts?.login;
  if (facts === undefined || login === undefined || trace.stopped === true) return undefined;
  return readAnswer(instance, facts, login, status);
};

/** One request counts once for an incident, whoever found it. */
const isListed = (findings: Finding[], finding: Finding): boolean => {
  for (const each of findings) {
    if (each.category === finding.category && each.value === finding.value) return true;
  }
  return false;
};

const NONE: Finding[] = [];

/** One for all, used again and again: nothing waits in between while the log of a request is written. */
const outcome = {} as Outcome;

/** What the answer tells of whose request it was. */
const observeIdentity = (instance: Instance, facts: Facts, status: number): Finding | undefined => {
  const identity = learnIdentity(instance);
  outcome.identity = identity;
  if (identity !== undefined) return observeClient(instance, facts.source, facts.userAgent ?? "", identity);
  if (status === 401 && kong.response.get_source() === "exit") forgetIdentity(instance);
  return undefined;
};

const observe = (instance: Instance, facts: Facts, login: LoginResult | undefined, status: number): Finding[] => {
  const anomaly = observeIdentity(instance, facts, status);
  learnLogin(instance, facts, status);
  const isProved = login === "succeeded" && kong.client.get_consumer() !== undefined;
  const attempt = login === undefined ? undefined : observeLogin(instance, facts, login, isProved);
  if (anomaly === undefined && attempt === undefined) return NONE;
  const late: Finding[] = [];
  if (anomaly !== undefined) late.push(anomaly);
  if (attempt !== undefined) late.push(attempt);
  return late;
};

/** All findings: those made on the way in, and what the answer says. */
const gather = (instance: Instance, trace: Trace, late: Finding[]): Finding[] => {
  const early = trace.ruling?.finding;
  if (trace.findings === undefined && early === undefined && late.length === 0) return NONE;
  const findings = trace.findings ?? [];
  if (early !== undefined && !isListed(findings, early)) findings.push(early);
  if (late.length === 0 || trace.facts === undefined) return findings;
  for (const finding of late) findings.push(finding);
  markTrials(instance, trace.facts.source, findings);
  return findings;
};

export const readOutcome = (instance: Instance, trace: Trace): Outcome => {
  const status = ngx.status;
  const login = readLoginResult(instance, trace, status);
  const verdict = trace.ruling?.verdict;
  const hasAnswer = trace.facts !== undefined && trace.stopped !== true;
  outcome.identity = undefined;
  const late = hasAnswer ? observe(instance, trace.facts as Facts, login, status) : NONE;
  outcome.source = trace.arrival?.source ?? readSource(instance);
  outcome.requests = trace.arrival?.requests ?? 0;
  outcome.facts = trace.facts;
  outcome.route = trace.facts === undefined ? kong.router.get_route() : trace.facts.route;
  outcome.ruling = trace.ruling;
  outcome.findings = gather(instance, trace, late);
  outcome.login = login;
  outcome.status = status;
  outcome.answeredBy = kong.response.get_source();
  outcome.isStopped =
    trace.stopped === true || (trace.facts === undefined && outcome.answeredBy === "exit" && wasPatched());
  outcome.isSuspicious = verdict !== undefined && verdict !== "allow" && trace.ruling?.by !== "inspection";
  return outcome;
};
