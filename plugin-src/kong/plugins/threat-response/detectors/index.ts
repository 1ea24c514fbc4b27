import type { Instance } from "../configure.ts";
import type { Facts } from "../features/facts.ts";
import { applyLearned, prepareScreen } from "../learning/apply.ts";
import type { RequestParts } from "../payload/scan-request.ts";
import { markTrials } from "../rollout.ts";
import type { Finding } from "../score.ts";
import { detectClient } from "./client-anomaly.ts";
import { detectStuffing } from "./credential-stuffing.ts";
import { detectFlood } from "./flood.ts";
import { detectPayload } from "./payload-injection.ts";

/** What has been learned about the route screens the findings. */
const inspectPayload = (instance: Instance, facts: Facts): Finding | undefined => {
  prepareScreen(instance, facts);
  return applyLearned(detectPayload(facts as unknown as RequestParts, facts.source.ip, instance.config.payload));
};

/** All detectors in order; nil where none found anything, which is nearly always. */
export const detect = (instance: Instance, facts: Facts, requests: number): Finding[] | undefined => {
  const payload = instance.config.payload.enabled && facts.isInspected ? inspectPayload(instance, facts) : undefined;
  const stuffing = detectStuffing(instance, facts);
  const flood = detectFlood(instance, facts, requests);
  const client = detectClient(instance, facts);
  if (payload === undefined && stuffing === undefined && flood === undefined && client === undefined) return undefined;
  const findings: Finding[] = [];
  if (payload !== undefined) findings.push(payload);
  if (stuffing !== undefined) findings.push(stuffing);
  if (flood !== undefined) findings.push(flood);
  if (client !== undefined) findings.push(client);
  markTrials(instance, facts.source, findings);
  return findings;
};
