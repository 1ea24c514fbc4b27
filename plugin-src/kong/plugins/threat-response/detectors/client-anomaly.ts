import { addAgent } from "../clients/agent-rotation.ts";
import { CONTRADICTIONS, contradictionsOf } from "../clients/header-set.ts";
import { findTravel } from "../clients/travel.ts";
import type { Instance } from "../configure.ts";
import type { Facts } from "../features/facts.ts";
import type { Source } from "../features/source.ts";
import type { Identity } from "../identities.ts";
import type { Finding } from "../score.ts";

/**
 * Catches clients that are not what they were, or are not what they say: an identity from many new networks at once, an address that changes
 * its user agent with each request, headers that contradict each other. Example: an API key that one server used for months comes from six
 * networks within ten minutes. Each of these has innocent explanations: they are reported and flagged, and stop nobody.
 */
const SCORE = 45;

const build = (name: string, subject: "ip" | "credential", value: string, score: number, reason: string): Finding => ({
  category: "client_anomaly",
  detector: `client-anomaly.${name}`,
  score,
  action: "flag",
  subject,
  value,
  isWeak: true,
  reason,
});

const detectRotation = (instance: Instance, facts: Facts): Finding | undefined => {
  // Behind a shared address everybody has an agent of his own, and a cookie or a credential.
  if (facts.source.isExempt || facts.cookie !== undefined || facts.headers.authorization !== undefined)
    return undefined;
  const { window_s, max_agents_per_ip } = instance.config.client;
  const rotation = addAgent(facts.source.key, facts.userAgent ?? "", window_s, max_agents_per_ip);
  if (rotation === undefined) return undefined;
  const { agents, requests } = rotation;
  const reason = `${agents} user agents in ${requests} requests of one address, without cookies`;
  return build("agents", "ip", facts.source.ip, SCORE, reason);
};

const detectHeaders = (facts: Facts): Finding | undefined => {
  const count = contradictionsOf(facts);
  if (count < CONTRADICTIONS) return undefined;
  return build(
    "headers",
    "ip",
    facts.source.ip,
    SCORE,
    "headers that the browser it claims to be never sends like that",
  );
};

/** What the request alone says, before authentication. */
export const detectClient = (instance: Instance, facts: Facts): Finding | undefined => {
  if (!instance.config.client.enabled) return undefined;
  return detectRotation(instance, facts) ?? detectHeaders(facts);
};

/** What it says once Kong has told whose it is. */
export const observeClient = (
  instance: Instance,
  source: Source,
  userAgent: string,
  identity: Identity,
): Finding | undefined => {
  const { client } = instance.config;
  if (!client.enabled || source.isExempt) return undefined;
  const reason = findTravel(client, identity.owner, identity.since, source.binary, userAgent);
  if (reason === undefined) return undefined;
  return build("identity", "credential", identity.hash, SCORE, reason);
};
