import type { Entity } from "../../drivers/gateway.ts";
import { isOurs } from "../../drivers/tags.ts";
import type { EntityDiff } from "../history/diff.ts";
import { hasSecrets } from "./restore.ts";

/**
 * A rollback never takes protection away by itself: else whoever can cause errors right after a protective change gets it
 * reverted. What is refused here is proposed to a human.
 */

const PROTECTIVE = new Set([
  "acl",
  "basic-auth",
  "bot-detection",
  "cors",
  "hmac-auth",
  "ip-restriction",
  "jwt",
  "key-auth",
  "key-auth-enc",
  "ldap-auth",
  "mtls-auth",
  "oauth2",
  "oauth2-introspection",
  "opa",
  "openid-connect",
  "post-function",
  "pre-function",
  "rate-limiting",
  "rate-limiting-advanced",
  "request-size-limiting",
  "request-validator",
  "response-ratelimiting",
  "saml",
  "session",
  "threat-response",
]);
/** Any plugin may protect whose name says so. */
const SOUNDS_PROTECTIVE = /auth|restrict|limit|protect|threat|waf|guard|secur|valid|injection/;
const MATCHING = new Set([
  "paths",
  "methods",
  "hosts",
  "headers",
  "protocols",
  "snis",
  "sources",
  "destinations",
  "expression",
]);
const SECRET_TYPES = new Set([
  "consumers",
  "consumer_groups",
  "certificates",
  "ca_certificates",
  "snis",
  "vaults",
  "acls",
  "keyauth_credentials",
  "basicauth_credentials",
  "hmacauth_credentials",
  "jwt_secrets",
]);

/** Why taking this back needs a human, or null. */
export function whyNotAutomatic(diff: EntityDiff): string | null {
  if (SECRET_TYPES.has(diff.type)) return `${diff.type} are never restored by themselves`;
  if (diff.op === "removed") return ofRemoved(diff);
  if (diff.op === "added" && hasSecrets(diff.after))
    return `${diff.name} has secrets, which the agent could not put back if removing it did not help`;
  switch (diff.type) {
    case "plugins":
      return ofPlugin(diff);
    case "services":
      return ofService(diff);
    case "routes":
      return ofRoute(diff);
    default:
      return null;
  }
}

/** Taking back means creating it again. */
function ofRemoved({ type, name, before }: EntityDiff): string | null {
  if (type === "plugins" && before !== null && !isTermination(before)) return null;
  return `creating ${name} again opens what somebody closed`;
}

function ofPlugin({ op, before, after, name }: EntityDiff): string | null {
  const plugin = after ?? before;
  if (plugin === null) return "nothing is known of the plugin";
  const pluginName = String(plugin.name);
  if (isTermination(plugin)) return ofTermination(op, before, plugin);
  if (PROTECTIVE.has(pluginName) || SOUNDS_PROTECTIVE.test(pluginName))
    return `${name} may protect: taking its change back could loosen it`;
  return null;
}

const isTermination = (plugin: Entity) => plugin.name === "request-termination";

function ofTermination(op: EntityDiff["op"], before: Entity | null, plugin: Entity): string | null {
  if (op === "changed" && before?.enabled !== false) return "a termination that was there before protects something";
  if (isOurs(plugin.tags)) return "the termination is this agent's own mitigation";
  if (plugin.consumer) return "the termination shuts out a consumer";
  const { status_code } = (plugin.config ?? {}) as { status_code?: unknown };
  const status = typeof status_code === "number" ? status_code : 503;
  if (status < 500) return `a termination with ${status} refuses somebody on purpose`;
  return null;
}

function ofService({ before, after, fields }: EntityDiff): string | null {
  if (after?.enabled === false && before?.enabled !== false)
    return "the service was switched off; switching it on is a human's decision";
  const loosened = fields.filter((field) => field.startsWith("tls_") || field.includes("certificate"));
  return loosened.length > 0 ? `${loosened.join(", ")} decide whom the gateway trusts` : null;
}

function ofRoute({ fields, op }: EntityDiff): string | null {
  if (op === "added") return null;
  const matching = fields.filter((field) => MATCHING.has(field) || field === "service");
  return matching.length > 0 ? `${matching.join(", ")} of the route decide what is reachable` : null;
}
