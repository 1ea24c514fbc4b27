import type { Instance } from "../configure.ts";
import type { Facts } from "../features/facts.ts";
import { applyLearned, prepareScreen } from "../learning/apply.ts";
import type { RequestParts } from "../payload/scan-request.ts";
import { markTrials } from "../rollout.ts";
import type { Finding } from "../score.ts";
import { detectLimited } from "./abuse.ts";
import { detectClient } from "./client-anomaly.ts";
import { detectStuffing } from "./credential-stuffing.ts";
import { detectCustom } from "./custom-rules.ts";
import { detectFlood } from "./flood.ts";
import { detectKnown } from "./known-bad.ts";
import { detectPayload } from "./payload-injection.ts";

/** What has been learned about the route screens the findings. */
const inspectPayload = (instance: Instance, facts: Facts): Finding | undefined => {
  prepareScreen(instance, facts);
  return applyLearned(detectPayload(facts as unknown as RequestParts, facts.source.ip, instance.config.payload));
};

const headersOnly: RequestParts = { path: "/" };

/** Outside the sample: headers repeat, and what was plain before is left out when they are read. To look at the rest is cheaper than to read it anew. */
const inspectHeaders = (instance: Instance, facts: Facts): Finding | undefined => {
  prepareScreen(instance, facts);
  headersOnly.contentType = facts.contentType;
  headersOnly.headers = facts.headers as unknown as RequestParts["headers"];
  return applyLearned(detectPayload(headersOnly, facts.source.ip, instance.config.payload));
};

const add = (findings: Finding[] | undefined, finding: Finding | undefined): Finding[] | undefined => {
  if (finding === undefined) return findings;
  if (findings === undefined) return [finding];
  findings.push(finding);
  return findings;
};

/** All detectors in order; nil where none found anything, which is nearly always. */
export const detect = (instance: Instance, facts: Facts, requests: number): Finding[] | undefined => {
  const { payload, known } = instance.config;
  let findings: Finding[] | undefined;
  if (payload.enabled)
    findings = add(findings, facts.isInspected ? inspectPayload(instance, facts) : inspectHeaders(instance, facts));
  findings = add(findings, detectKnown(facts, facts.source.ip, known));
  findings = add(findings, detectCustom(instance.rules, facts));
  findings = add(findings, detectStuffing(instance, facts));
  findings = add(findings, detectFlood(instance, facts, requests));
  findings = add(findings, detectClient(instance, facts));
  findings = add(findings, detectLimited(instance, facts));
  if (findings !== undefined) markTrials(instance, facts.source, findings);
  return findings;
};
