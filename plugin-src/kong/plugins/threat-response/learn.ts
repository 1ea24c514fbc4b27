import type { Instance } from "./configure.ts";
import { noteCrowd } from "./crowd.ts";
import { addEvidence, addGood } from "./evidence.ts";
import { observePayload } from "./learning/observe.ts";
import type { Outcome } from "./outcome.ts";
import { addArrival, addClean, addServed } from "./route-rate.ts";
import { watchSource } from "./sampling.ts";
import { type Finding, isEvidence } from "./score.ts";
import { markUnrouted } from "./unrouted.ts";

/** What a request that is over teaches about its source and its route. */
const hasSign = (instance: Instance, findings: Finding[]): boolean => {
  for (const finding of findings) {
    if (finding.score >= instance.config.thresholds.flag) return true;
  }
  return false;
};

const findEvidence = (instance: Instance, findings: Finding[]): Finding | undefined => {
  for (const finding of findings) {
    if (isEvidence(finding, instance.config.thresholds.block)) return finding;
  }
  return undefined;
};

const isGood = (outcome: Outcome): boolean =>
  !outcome.isSuspicious && !outcome.isStopped && outcome.status < 400 && outcome.answeredBy !== "error";

/** What another plugin answers says nothing about the service. */
const learnHealth = ({ route, answeredBy, status }: Outcome): void => {
  if (route === undefined || answeredBy === "exit") return;
  addServed(route.id, ngx.now() - ngx.req.start_time(), status >= 500);
};

/** Requests with a route were counted when they came. Of those that this plugin stopped before routing only a flood's own count. */
const learnRate = (instance: Instance, outcome: Outcome): void => {
  if (outcome.route === undefined) {
    if (outcome.isStopped && outcome.ruling?.finding?.detector !== "flood.unrouted") return;
    addArrival(instance, "", outcome.source.key);
    markUnrouted(outcome.source.key, ngx.now());
  }
  if (!outcome.isStopped) learnHealth(outcome);
  if (!outcome.isStopped && !outcome.isSuspicious) addClean(outcome.route?.id ?? "");
};

const learnGood = (instance: Instance, { source, facts, identity, requests }: Outcome): void => {
  addGood(instance, source);
  if (facts !== undefined) noteCrowd(instance, facts, identity, requests);
};

export const learnFrom = (instance: Instance, outcome: Outcome): void => {
  learnRate(instance, outcome);
  if (isGood(outcome)) learnGood(instance, outcome);
  observePayload(instance, outcome);
  if (hasSign(instance, outcome.findings)) watchSource(instance, outcome.source);
  const evidence = outcome.findings.length > 0 ? findEvidence(instance, outcome.findings) : undefined;
  if (evidence === undefined) return;
  const blocks = addEvidence(instance, outcome.source, evidence);
  if (!blocks) return;
  kong.log.notice(
    instance.enforce && evidence.isTrial !== true ? "blocks " : "would block ",
    outcome.source.ip,
    " for ",
    instance.config.source.block_s,
    " s after repeated evidence of ",
    evidence.category,
  );
};
