import type { Instance } from "./configure.ts";
import { addIncident, type Evidence } from "./incident.ts";
import type { Outcome } from "./outcome.ts";
import { sampleRequest } from "./request-sample.ts";
import { readScope } from "./scope.ts";
import { addTraffic } from "./traffic.ts";

/** Adds a request that is over to what the agent is told: traffic always, a few as samples, incidents for findings. */
const describe = (outcome: Outcome): Evidence => {
  const { source, facts } = outcome;
  const variables = ngx.var;
  return {
    at: ngx.now(),
    ip: source.ip,
    key: source.key,
    method: facts?.method ?? variables.request_method ?? "",
    path: facts?.path ?? variables.uri ?? "",
    userAgent: facts?.userAgent ?? variables.http_user_agent ?? "",
    status: outcome.status,
    user: facts?.login?.user ?? "",
    isFailedLogin: outcome.login === "failed",
    isStopped: outcome.isStopped,
    verdict: outcome.ruling?.verdict ?? "allow",
    scope: readScope(outcome.route),
  };
};

const addFindings = (instance: Instance, outcome: Outcome): void => {
  const evidence = describe(outcome);
  for (const finding of outcome.findings) addIncident(instance, finding, evidence);
};

export const reportOutcome = (instance: Instance, outcome: Outcome): void => {
  addTraffic(instance, outcome);
  if (outcome.findings.length > 0) addFindings(instance, outcome);
  sampleRequest(instance, outcome);
};
