import type { EntityDiff } from "../history/diff.ts";
import type { Slowness } from "../symptom/watch-latency.ts";
import { ADDRESS, FORWARDING, none, type Signature, TIMEOUTS } from "./signature.ts";

/** Plugins that change what the service gets, or spare it requests. */
const REACHES_SERVICE = /transformer|rewrite|cache|graphql|canary|forward-proxy|route-by|upstream/;
/** Plugins that only count and tell; a request does not wait for them. */
const NO_WAIT = new Set([
  "correlation-id",
  "prometheus",
  "file-log",
  "tcp-log",
  "udp-log",
  "syslog",
  "statsd",
  "datadog",
]);

/**
 * How well a change explains that requests got slow. Waiting for the service is explained only by what decides which service is
 * asked, what with, and how patiently; a service that got slow by itself is nobody's change.
 */
export function slowSignatureOf(diff: EntityDiff, side: Slowness["side"]): Signature {
  if (
    diff.op === "changed" &&
    diff.fields.every((field) => field === "tags" || field === "instance_name" || field === "name")
  )
    return none("only tags or names changed");
  switch (diff.type) {
    case "plugins":
      return ofPlugin(diff, side);
    case "services":
      return ofService(diff, side);
    case "upstreams":
    case "targets":
      return { strength: 0.85, reason: `${diff.name} decides which servers answer` };
    case "routes":
      return diff.fields.some((field) => FORWARDING.includes(field))
        ? { strength: side === "service" ? 0.7 : 0.6, reason: "what the route hands on, and how, changed" }
        : none("what changed of the route makes no request slow");
    default:
      return none(`a change of ${diff.type} makes no request slow`);
  }
}

function ofPlugin(diff: EntityDiff, side: Slowness["side"]): Signature {
  const name = String((diff.after ?? diff.before)?.name ?? "");
  const isGone = diff.after === null || diff.after.enabled === false;
  if (side === "service")
    return REACHES_SERVICE.test(name)
      ? { strength: 0.7, reason: `${name} changes what the service has to do` }
      : none(`the time is spent in the service, which ${name} does not change`);
  if (isGone) return none(`${name} is gone and takes no time`);
  if (NO_WAIT.has(name)) return none(`no request waits for ${name}`);
  return { strength: 0.9, reason: `the time is spent in Kong, where ${name} was ${diff.op}` };
}

function ofService({ op, fields }: EntityDiff, side: Slowness["side"]): Signature {
  if (op !== "changed") return none("a service that is new or gone makes no old request slow");
  const moved = fields.filter((field) => ADDRESS.includes(field));
  if (moved.length > 0) return { strength: 0.9, reason: `its ${moved.join(", ")} changed, and something else answers` };
  const patience = fields.filter((field) => TIMEOUTS.includes(field) || field === "retries");
  if (patience.length > 0)
    return { strength: side === "gateway" ? 0.8 : 0.6, reason: `its ${patience.join(", ")} decide how long is waited` };
  return none("what changed of the service makes no request slow");
}
