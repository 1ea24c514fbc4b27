import type { Instance } from "../configure.ts";
import { counters } from "../counters.ts";
import { goodFor } from "../evidence.ts";
import type { Source } from "../features/source.ts";
import { floodOf } from "../route-rate.ts";
import type { Finding } from "../score.ts";

/**
 * Catches too many requests: of one address, or of all of them on one route. Example: 5,000 requests of 203.0.113.7 in ten seconds.
 * While a route is flooded, addresses above their fair share of what it usually takes are throttled first; those that behaved well
 * before the flood began keep passing.
 */
const SCORE = 80;
/** Reported with the route's incident, too little to be stopped or flagged for. */
const REPORT_ONLY = 10;
/** Even the smallest share lets a page load. */
const LEAST_SHARE = 5;
const GOOD_BEFORE_S = 30;
/** A client that runs into the limit is told so. One that goes on to this many times the limit means it. */
const PERSISTENT = 2;

/** Counts a request before anything is known of it; 0 for exempt sources. The window starts with the first request in it. */
export const countRequest = (instance: Instance, source: Source): number => {
  if (source.isExempt) return 0;
  const [requests] = counters.incr(`f${source.key}`, 1, 0, instance.config.flood.window_s);
  return requests ?? 0;
};

export const detectSourceFlood = (instance: Instance, source: Source, requests: number): Finding | undefined => {
  const { enabled, max_per_ip, window_s } = instance.config.flood;
  if (!enabled || requests <= max_per_ip) return undefined;
  return {
    category: "api_ddos",
    detector: "flood.source",
    score: SCORE,
    action: "throttle",
    subject: "ip",
    value: source.ip,
    isWeak: requests <= PERSISTENT * max_per_ip,
    reason: `more than ${max_per_ip} requests of one address within ${window_s} s`,
  };
};

/** Pure: what one address may send in a window while a route is flooded. */
export const fairShare = (allowedRps: number, window: number, sources: number): number =>
  Math.max(LEAST_SHARE, (allowedRps * window) / Math.max(1, sources));

export const detectRouteFlood = (
  instance: Instance,
  source: Source,
  route: string,
  requests: number,
): Finding | undefined => {
  const flood = floodOf(route);
  if (flood === undefined || !instance.config.flood.enabled || requests === 0) return undefined;
  if (goodFor(source.key) > ngx.now() - flood.since + GOOD_BEFORE_S) return undefined;
  const share = fairShare(flood.allowedRps, instance.config.flood.window_s, flood.sources);
  const isAbove = requests > share;
  return {
    category: "api_ddos",
    detector: "flood.route",
    score: isAbove ? SCORE : REPORT_ONLY,
    action: "throttle",
    subject: "route",
    value: route,
    isWeak: requests <= PERSISTENT * share,
    reason: isAbove ? "more than a fair share of a flooded route" : "a request to a flooded route",
  };
};
