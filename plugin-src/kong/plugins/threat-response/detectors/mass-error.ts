import { type Instance, lastConfigured } from "../configure.ts";
import type { Category } from "../contract/categories.ts";
import { isNoted, noteRouted, wasRouted } from "../error-paths.ts";
import { addError, type ErrorKind } from "../error-watch.ts";
import { goodFor } from "../evidence.ts";
import type { Outcome } from "../outcome.ts";
import { floodOf } from "../route-rate.ts";
import type { Finding } from "../score.ts";

/**
 * Catches services that fail (mass_error), and a gateway that was configured wrongly (route_misconfig): it fails itself, refuses those that it
 * always let in, or has no route any more for paths that had one. Example: from one minute to the next every answer of a route is a 502.
 * It only tells: nobody is stopped for an error, and what the plugin stopped, or a flood has caused, does not count.
 */
const REPORT_ONLY = 30;

const REASONS: Record<ErrorKind, string> = {
  service: "the service answers with errors far more often than usual",
  gateway: "the gateway itself answers with errors far more often than usual",
  auth: "the gateway refuses clients that it let in before",
  "no-route": "paths that had a route have none any more",
};

const CATEGORIES: Record<ErrorKind, Category> = {
  service: "mass_error",
  gateway: "route_misconfig",
  auth: "route_misconfig",
  "no-route": "route_misconfig",
};

/** Which kind of error the answer is; nil for everything else. */
const kindOf = (outcome: Outcome): ErrorKind | undefined => {
  const { status, answeredBy } = outcome;
  if (status >= 500) return answeredBy === "service" ? "service" : "gateway";
  if (answeredBy === "service") return undefined;
  if (outcome.route === undefined) return status === 404 && wasRouted(ngx.var.uri ?? "") ? "no-route" : undefined;
  const isRefused = (status === 401 || status === 403) && outcome.facts?.login === undefined;
  return isRefused && goodFor(outcome.source.key) > 0 ? "auth" : undefined;
};

const describeTime = (at: number): string => os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(at)) as string;

const build = (kind: ErrorKind, route: string): Finding => ({
  category: CATEGORIES[kind],
  detector: `errors.${kind}`,
  score: REPORT_ONLY,
  action: "flag",
  subject: "route",
  value: route,
  isWeak: true,
  reason: `${REASONS[kind]}; the gateway was last configured at ${describeTime(lastConfigured())}`,
  configuredAt: lastConfigured(),
});

export const detectErrors = (instance: Instance, outcome: Outcome): Finding | undefined => {
  if (!instance.config.errors.enabled || outcome.isStopped || outcome.isSuspicious) return undefined;
  if (outcome.status < 400) {
    if (outcome.route !== undefined && isNoted()) noteRouted(ngx.var.uri ?? "", ngx.now());
    return undefined;
  }
  const kind = kindOf(outcome);
  if (kind === undefined) return undefined;
  const route = outcome.route?.id ?? "";
  if (floodOf(route) !== undefined) return undefined;
  return addError(route, kind, outcome.source.key, ngx.now()) ? build(kind, route) : undefined;
};
