import { isAnybodyLimited, isLimited, limitClient } from "../abuse-limit.ts";
import { addMissing } from "../abuse-missing.ts";
import { addUse } from "../abuse-quota.ts";
import { addVisit, type Visit, type Walk } from "../abuse-walk.ts";
import type { Config, Instance } from "../configure.ts";
import { countGood } from "../evidence.ts";
import type { Facts } from "../features/facts.ts";
import { hashUser } from "../features/identity.ts";
import type { Outcome } from "../outcome.ts";
import type { Finding } from "../score.ts";

/**
 * Catches clients that take what was not meant for them: probing (many distinct missing paths), enumeration (walking through ids), scraping (far more
 * pages of a route than people read, for minutes) and a consumer that uses far more than it usually does. Example: 203.0.113.7 asks for
 * /.env, /wp-login.php and eight others within ten seconds.
 */
const SCORE = 75;
/** Others are behind the address, or it is a known consumer: it is reported and flagged. */
const MILD = 45;
const SHARED_FROM = 4;
const DENIED_SHARE = 0.4;
const STEP_SHARE = 0.6;
const ID_SHARE = 0.7;
/** Walking in steps without being refused is what exports do as well: only far more of it counts. */
const STEPS_FACTOR = 5;

const build = (detector: string, score: number, source: Outcome["source"], reason: string): Finding => ({
  category: "abuse",
  detector: `abuse.${detector}`,
  score,
  action: score === SCORE ? "throttle" : "flag",
  subject: "ip",
  value: source.ip,
  reason,
});

const clientOf = (source: Outcome["source"], route: string): string => `${source.key}${route}`;

const detectProbing = (instance: Instance, outcome: Outcome): Finding | undefined => {
  const { status, source } = outcome;
  if (status !== 404 && status !== 410) return undefined;
  const { max_missing, missing_window_s } = instance.config.abuse;
  const missing = addMissing(source.key, ngx.var.uri ?? "", missing_window_s, ngx.now());
  if (missing < max_missing) return undefined;
  // Who finds most of what it asks for has followed broken links.
  if (missing < max_missing + countGood(instance, source.key)) return undefined;
  const finding = build("probing", SCORE, source, `${max_missing} distinct missing paths within ${missing_window_s} s`);
  finding.action = "block";
  return finding;
};

const isAnnounced = (agent: string | undefined): boolean => {
  if (agent === undefined) return false;
  const name = string.lower(agent);
  for (const word of ["bot", "crawl", "spider"]) {
    const [at] = string.find(name, word, 1, true);
    if (at !== undefined) return true;
  }
  return false;
};

/** Pure: why this looks like walking through ids or like scraping; nil when it does not. `users` share the address. */
export const judgeWalk = (limits: Config["abuse"], walk: Walk): string | undefined => {
  const pages = walk.pages / walk.users;
  const isIds = walk.ids >= ID_SHARE && pages >= limits.max_ids;
  if (isIds && walk.denied >= DENIED_SHARE) return "enumeration: many ids of one route, most of which are refused";
  if (isIds && walk.steps >= STEP_SHARE && pages >= STEPS_FACTOR * limits.max_ids)
    return "enumeration: very many ids of one route, one after the other";
  if (pages >= limits.max_pages && walk.busyMinutes >= limits.pages_minutes)
    return "scraping: far more pages of one route than people read, for minutes";
  return undefined;
};

const visit: Visit = {
  address: "",
  route: "",
  path: "",
  query: undefined,
  userAgent: undefined,
  cookie: undefined,
  isDenied: false,
};

const detectWalk = (instance: Instance, outcome: Outcome, facts: Facts, route: string): Finding | undefined => {
  const limits = instance.config.abuse;
  const { source, status } = outcome;
  visit.address = source.key;
  visit.route = route;
  visit.path = facts.path;
  visit.query = facts.query;
  visit.userAgent = facts.userAgent;
  const { authorization } = facts.headers;
  visit.cookie = facts.cookie ?? (typeof authorization === "string" ? authorization : undefined);
  visit.isDenied = status === 401 || status === 403 || status === 404;
  const walk = addVisit(visit, limits.max_pages, ngx.now());
  if (walk === undefined || walk.pages < limits.max_ids) return undefined;
  const reason = judgeWalk(limits, walk);
  if (reason === undefined) return undefined;
  if (isAnnounced(facts.userAgent) && walk.pages < limits.crawler_rps * 60) return undefined;
  const isShared = walk.users >= SHARED_FROM;
  if (!isShared) limitClient(clientOf(source, route), ngx.now());
  const kind = string.sub(reason, 1, 1) === "e" ? "enumeration" : "scraping";
  const finding = build(kind, isShared ? MILD : SCORE, source, reason);
  finding.isWeak = true;
  return finding;
};

const detectQuota = (instance: Instance, outcome: Outcome): Finding | undefined => {
  const consumer = kong.client.get_consumer();
  if (consumer?.id === undefined) return undefined;
  const { quota_factor, quota_min } = instance.config.abuse;
  if (addUse(consumer.id, quota_min, ngx.now()) < quota_factor) return undefined;
  const finding = build("quota", MILD, outcome.source, "a consumer uses far more than it usually does");
  finding.subject = "credential";
  finding.value = hashUser(instance, consumer.id);
  return finding;
};

/** When the answer is there. */
export const detectAbuse = (instance: Instance, outcome: Outcome): Finding | undefined => {
  const { facts, source, route } = outcome;
  if (!instance.config.abuse.enabled || outcome.isStopped || source.isExempt) return undefined;
  const probing = detectProbing(instance, outcome);
  if (probing !== undefined || route === undefined || facts === undefined) return probing;
  return detectWalk(instance, outcome, facts, route.id) ?? detectQuota(instance, outcome);
};

/** On the way in: who was found walking or scraping here is slowed down for some minutes. */
export const detectLimited = (instance: Instance, facts: Facts): Finding | undefined => {
  if (!isAnybodyLimited() || !instance.config.abuse.enabled || facts.source.isExempt) return undefined;
  if (!isLimited(clientOf(facts.source, facts.route?.id ?? ""), ngx.now())) return undefined;
  const finding = build("limited", SCORE, facts.source, "the address was found enumerating or scraping this route");
  finding.isWeak = true;
  return finding;
};
