import type { AnswerCount } from "../../../../contract/ingest.ts";
import type { Entity } from "../../drivers/gateway.ts";
import type { EntityDiff } from "../history/diff.ts";

/** How well a change explains the errors that are seen: 0 not at all, 1 as good as proof. */
export interface Signature {
  strength: number;
  reason: string;
}

/** What was seen besides the answers. */
export interface SeenBefore {
  /** Of the service's latency before the onset, in milliseconds; null when unknown. */
  upstream_p95_ms: number | null;
}

export const none = (reason: string): Signature => ({ strength: 0, reason });

/** Statuses that bundled plugins end requests with. */
export const PLUGIN_STATUSES: Record<string, readonly number[]> = {
  "key-auth": [401],
  "basic-auth": [401],
  "hmac-auth": [401, 403],
  jwt: [401],
  oauth2: [401],
  "ldap-auth": [401],
  acl: [401, 403],
  "ip-restriction": [403],
  "bot-detection": [403],
  "rate-limiting": [429],
  "response-ratelimiting": [429],
  "request-size-limiting": [413, 417, 411],
};
const UNAVAILABLE = new Set([502, 503, 504]);
export const ADDRESS = ["host", "port", "protocol", "path", "tls_verify", "client_certificate", "ca_certificates"];
export const TIMEOUTS = ["connect_timeout", "read_timeout", "write_timeout"];
const MATCHING = [
  "paths",
  "methods",
  "hosts",
  "headers",
  "protocols",
  "snis",
  "expression",
  "regex_priority",
  "priority",
];
export const FORWARDING = [
  "strip_path",
  "preserve_host",
  "path_handling",
  "service",
  "request_buffering",
  "response_buffering",
];

export function signatureOf(diff: EntityDiff, error: AnswerCount, seen: SeenBefore): Signature {
  switch (diff.type) {
    case "plugins":
      return ofPlugin(diff, error);
    case "services":
      return ofService(diff, error, seen);
    case "routes":
      return ofRoute(diff, error);
    case "upstreams":
    case "targets":
      return isUnavailable(error)
        ? { strength: 0.9, reason: `${error.status} follows from what ${diff.name} points to` }
        : none("it does not change what answers");
    case "consumers":
    case "acls":
    case "keyauth_credentials":
    case "basicauth_credentials":
    case "hmacauth_credentials":
    case "jwt_secrets":
      return error.source === "exit" && (error.status === 401 || error.status === 403)
        ? { strength: 0.7, reason: "credentials or groups changed, and clients are refused" }
        : none("credentials cannot cause such answers");
    default:
      return none(`a change of ${diff.type} does not explain ${error.status} from ${error.source}`);
  }
}

const isUnavailable = ({ source, status }: AnswerCount) => source === "error" && UNAVAILABLE.has(status);

function ofPlugin(diff: EntityDiff, { source, status }: AnswerCount): Signature {
  const plugin = diff.after ?? diff.before;
  const name = String(plugin?.name ?? "");
  if (diff.op === "changed" && diff.fields.every((field) => field === "tags" || field === "instance_name"))
    return none("only tags or names of the plugin changed");
  if (diff.after === null || diff.after.enabled === false) {
    return source === "service" && status >= 400
      ? { strength: 0.3, reason: `${name} no longer changes requests` }
      : none(`${name} is gone and cannot answer`);
  }
  const configured = statusesOf(diff.after);
  if (source === "exit" && configured.includes(status))
    return { strength: 1, reason: `${name} is configured to answer ${status}, and Kong itself answers ${status}` };
  if (source === "exit" && PLUGIN_STATUSES[name]?.includes(status))
    return { strength: 1, reason: `${name} answers ${status}` };
  if (name.endsWith("-function") && source !== "service")
    return { strength: 0.9, reason: `${name} can answer anything` };
  if (status === 500 && source !== "service")
    return { strength: 0.8, reason: `an error inside Kong right after ${name} changed` };
  if (source === "service" && /transformer|rewrite/.test(name))
    return { strength: 0.8, reason: `${name} changes what the service gets` };
  return none(`${name} does not answer ${status} from ${source}`);
}

/** Whatever its configuration names as an answer. */
export function statusesOf({ config }: Entity): number[] {
  const fields = (typeof config === "object" && config !== null ? config : {}) as Record<string, unknown>;
  return ["status_code", "error_code", "rejected_code", "status"].flatMap((name) =>
    typeof fields[name] === "number" ? [fields[name]] : [],
  );
}

function ofService(diff: EntityDiff, error: AnswerCount, { upstream_p95_ms }: SeenBefore): Signature {
  const { source, status } = error;
  if (diff.op === "removed" || (diff.after?.enabled === false && diff.before?.enabled !== false))
    return status === 404 && source !== "service"
      ? { strength: 1, reason: "its routes are gone with the service" }
      : none("a service that is gone answers nothing but 404");
  const moved = diff.fields.filter((field) => ADDRESS.includes(field));
  if (diff.op === "added") return none("a new service breaks no old one");
  if (moved.length > 0 && isUnavailable(error))
    return { strength: 1, reason: `its ${moved.join(", ")} changed, and Kong cannot reach it` };
  if (moved.length > 0 && source === "service")
    return { strength: 0.85, reason: `its ${moved.join(", ")} changed, and something else answers` };
  const shortened = TIMEOUTS.filter(
    (field) => diff.fields.includes(field) && Number(diff.after?.[field]) < Number(diff.before?.[field]),
  );
  const tooShort = shortened.some(
    (field) => upstream_p95_ms !== null && Number(diff.after?.[field]) <= upstream_p95_ms,
  );
  if (tooShort && error.source === "error" && status === 504)
    return { strength: 1, reason: `its ${shortened.join(", ")} is shorter now than the service takes` };
  return none("what changed of the service does not explain it");
}

function ofRoute(diff: EntityDiff, { source, status }: AnswerCount): Signature {
  const isUnrouted = status === 404 && source !== "service";
  if (diff.op === "removed")
    return isUnrouted
      ? { strength: 1, reason: "the route is gone" }
      : none("a route that is gone answers nothing but 404");
  if (diff.op === "changed" && diff.fields.some((field) => MATCHING.includes(field)) && isUnrouted)
    return { strength: 1, reason: "what the route matches changed, and requests find no route" };
  if (diff.op === "added" && source === "service" && status >= 400)
    return { strength: 0.6, reason: "a new route may take requests of another" };
  if (diff.fields.some((field) => FORWARDING.includes(field)) && status >= 400)
    return { strength: 0.85, reason: "what the route hands on changed" };
  return none("what changed of the route does not explain it");
}
