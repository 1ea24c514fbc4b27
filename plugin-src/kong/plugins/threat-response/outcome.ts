import type { Instance } from "./configure.ts";
import type { Facts } from "./features/facts.ts";
import { readSource, type Source } from "./features/source.ts";
import { judgeAnswer, type LoginResult, observeLogin } from "./login-outcome.ts";
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
  status: number;
  answeredBy: "exit" | "error" | "service";
  /** This plugin ended the request: the answer is its own and no evidence of anything. */
  isStopped: boolean;
  /** There was evidence of an attack, or a list, a decision or the source's record against it. */
  isSuspicious: boolean;
}

const readLoginResult = (instance: Instance, trace: Trace, status: number): LoginResult | undefined => {
  const login = trace.facts?.login;
  if (login === undefined || trace.stopped === true) return undefined;
  return judgeAnswer(login, status, instance.isLoginFailure.has(status));
};

/** One request counts once for an incident, whoever found it. */
const isListed = (findings: Finding[], finding: Finding): boolean => {
  for (const each of findings) {
    if (each.category === finding.category && each.value === finding.value) return true;
  }
  return false;
};

const NONE: Finding[] = [];

/** All findings: those made on the way in, and what the answer to a login attempt says. */
const gather = (instance: Instance, trace: Trace, login: LoginResult | undefined): Finding[] => {
  const early = trace.ruling?.finding;
  if (trace.findings === undefined && early === undefined && login === undefined) return NONE;
  const findings = trace.findings ?? [];
  if (early !== undefined && !isListed(findings, early)) findings.push(early);
  if (login === undefined || trace.facts === undefined) return findings;
  const isProved = login === "succeeded" && kong.client.get_consumer() !== undefined;
  const late = observeLogin(instance, trace.facts, login, isProved);
  if (late !== undefined) {
    findings.push(late);
    markTrials(instance, trace.facts.source, findings);
  }
  return findings;
};

export const readOutcome = (instance: Instance, trace: Trace): Outcome => {
  const status = ngx.status;
  const login = readLoginResult(instance, trace, status);
  const verdict = trace.ruling?.verdict;
  return {
    source: trace.arrival?.source ?? readSource(instance),
    facts: trace.facts,
    route: trace.facts === undefined ? kong.router.get_route() : trace.facts.route,
    ruling: trace.ruling,
    findings: gather(instance, trace, login),
    login,
    status,
    answeredBy: kong.response.get_source(),
    isStopped: trace.stopped === true,
    isSuspicious: verdict !== undefined && verdict !== "allow" && trace.ruling?.by !== "inspection",
  };
};
