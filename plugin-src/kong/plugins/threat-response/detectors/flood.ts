import type { Instance } from "../configure.ts";
import { counters } from "../counters.ts";
import { hashText } from "../distinct.ts";
import { goodFor } from "../evidence.ts";
import type { Facts } from "../features/facts.ts";
import type { Source } from "../features/source.ts";
import type { Flood } from "../flood-course.ts";
import { isAnyRest, noteRest, restOf } from "../flood-rest.ts";
import { fairShare, isAmong, knownShare } from "../flood-share.ts";
import { findIdentity } from "../identities.ts";
import { floodOf } from "../route-rate.ts";
import type { Finding } from "../score.ts";
import { allowanceOf, noteUsual, usualOf } from "../source-usual.ts";
import { isMarkedUnrouted } from "../unrouted.ts";

/**
 * Catches too many requests: of one address, or of all of them on one route. Example: 5,000 requests of 203.0.113.7 in ten seconds.
 * While a route is flooded, those that behaved well before keep passing. Of all others addresses above their fair share are throttled, and then so
 * many addresses, chosen by chance but always the same, that the route gets about what it usually takes.
 */
const SCORE = 80;
/** Reported with the route's incident, too little to be stopped or flagged for. */
const REPORT_ONLY = 10;
/** A client that runs into the limit is told so. One that goes on to this many times the limit means it. */
const PERSISTENT = 2;
/** Fewer requests in a window than this are no sign of ill will, however small the share: a page loads, a client polls. */
const LEAST_MEANT = 60;
/** Times the limit of its route from which logins of strangers are a danger by their number. */
const MANY_LOGINS = 4;
/** One address that takes this share of all that the route may get is the flood. */
const ALONE = 0.5;

/** A consumer that is known for a while may send so many times what an address may, as long as the service takes it. */
const CONSUMER = 5;
const CONSUMER_KNOWN_S = 600;

const isGoodConsumer = (instance: Instance, requests: number): boolean => {
  if (requests > CONSUMER * instance.config.flood.max_per_ip) return false;
  const identity = findIdentity(instance);
  return identity !== undefined && identity.consumer !== "" && ngx.now() - identity.since >= CONSUMER_KNOWN_S;
};

/** Counts a request before anything is known of it; 0 for exempt sources. The window starts with the first request in it. */
export const countRequest = (instance: Instance, source: Source): number => {
  if (source.isExempt) return 0;
  const [requests] = counters.incr(`f${source.key}`, 1, 0, instance.config.flood.window_s);
  if (requests === undefined) return 0;
  noteUsual(instance, source.key, requests);
  return requests;
};

export const detectSourceFlood = (instance: Instance, source: Source, requests: number): Finding | undefined => {
  const { enabled, max_per_ip, window_s } = instance.config.flood;
  if (!enabled || requests <= max_per_ip) return undefined;
  const allowance = allowanceOf(instance, source.key);
  if (requests <= allowance || isGoodConsumer(instance, requests)) return undefined;
  return {
    category: "api_ddos",
    detector: "flood.source",
    score: SCORE,
    action: "throttle",
    subject: "ip",
    value: source.ip,
    isWeak: requests <= PERSISTENT * allowance,
    reason: `more than ${max_per_ip} requests of one address within ${window_s} s`,
  };
};

/** Whether the address behaved well long enough before the flood began. */
const isKnownBefore = (source: Source, flood: Flood): boolean =>
  goodFor(source.key) > ngx.now() - flood.since + flood.history;

const build = (route: string, detector: string, score: number, isWeak: boolean, reason: string): Finding => ({
  category: "api_ddos",
  detector,
  score,
  action: "throttle",
  subject: "route",
  value: route,
  isWeak,
  reason,
});

/** Who took part in a flood and has not slowed down since; see `flood-rest.ts`. */
const judgeRest = (instance: Instance, source: Source, route: string, requests: number): Finding | undefined => {
  const share = restOf(source.key, route, requests, instance.config.flood.window_s);
  if (share === undefined) return undefined;
  return build(route, "flood.rest", SCORE, true, "an address that took part in a flood goes on as before");
};

const judgeShare = (
  flood: Flood,
  source: Source,
  route: string,
  requests: number,
  share: number,
  all: number,
): Finding => {
  const isPersistent = requests > Math.max(PERSISTENT * share, LEAST_MEANT);
  if (requests > share) noteRest(source.key, route, share, requests);
  if (requests > share && requests < ALONE * all)
    return build(route, "flood.route", SCORE, !isPersistent, "more than a fair share of a flooded route");
  if (requests <= share) {
    flood.strange += 1;
    if (isAmong(hashText(source.key), flood.share))
      return build(route, "flood.route", REPORT_ONLY, true, "a request to a flooded route");
    return build(route, "flood.distributed", SCORE, true, "more addresses at once than a flooded route can serve");
  }
  const alone = build(route, "flood.source", SCORE, !isPersistent, "one address sends most of what floods a route");
  alone.subject = "ip";
  alone.value = source.ip;
  return alone;
};

export const detectRouteFlood = (
  instance: Instance,
  source: Source,
  route: string,
  requests: number,
): Finding | undefined => {
  const flood = floodOf(route);
  if (!instance.config.flood.enabled || requests === 0) return undefined;
  if (flood === undefined || flood.isLull)
    return isAnyRest(ngx.now()) ? judgeRest(instance, source, route, requests) : undefined;
  const { window_s } = instance.config.flood;
  const fair = fairShare(flood.allowedRps, window_s, flood.sources);
  const isKnown = isKnownBefore(source, flood);
  const share = isKnown ? knownShare(fair, usualOf(instance, source.key)) : fair;
  if (isKnown && requests <= share) {
    flood.known += 1;
    return undefined;
  }
  if (!flood.isHurt && isGoodConsumer(instance, requests)) return undefined;
  return judgeShare(flood, source, route, requests, share, flood.allowedRps * window_s);
};

/** Whether somebody may log in is judged better by how logins go (credential-stuffing.ts), unless there are very many, or he is very eager. */
const isLeftToLogins = (facts: Facts, finding: Finding | undefined): boolean => {
  if (facts.login === undefined || finding === undefined) return false;
  if (finding.subject !== "route" || finding.isWeak !== true) return false;
  const flood = floodOf(finding.value);
  return flood !== undefined && flood.strangeRps < MANY_LOGINS * flood.limit;
};

/** The same for a request whose route is known; it also notes who is behind busy addresses. */
export const detectFlood = (instance: Instance, facts: Facts, requests: number): Finding | undefined => {
  const finding = detectRouteFlood(instance, facts.source, facts.route?.id ?? "", requests);
  return isLeftToLogins(facts, finding) ? undefined : finding;
};

/** Before routing: who asked for paths without a route again and again is stopped while such requests are a flood. */
export const detectUnroutedFlood = (instance: Instance, source: Source, requests: number): Finding | undefined => {
  const flood = floodOf("");
  if (flood === undefined || requests === 0 || !instance.config.flood.enabled) return undefined;
  if (!isMarkedUnrouted(source.key)) return undefined;
  if (isKnownBefore(source, flood)) {
    flood.known += 1;
    return undefined;
  }
  flood.strange += 1;
  // Where those who always came find no route any more, somebody has taken it away.
  if (flood.strangeRps < flood.limit) return undefined;
  return build("", "flood.unrouted", SCORE, true, "one of many addresses that ask for paths without a route");
};
