import type { Instance } from "./configure.ts";
import { addIncident, type Evidence } from "./incident.ts";
import type { Outcome } from "./outcome.ts";
import { readScope } from "./scope.ts";
import { addTraffic } from "./traffic.ts";

/** Adds a request that is over to what the agent is told: traffic always, incidents for findings. */
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

export const reportOutcome = (instance: Instance, outcome: Outcome): void => {
  addTraffic(instance, outcome);
  if (outcome.findings.length === 0) return;
  const evidence = describe(outcome);
  for (const finding of outcome.findings) addIncident(instance, finding, evidence);
};
