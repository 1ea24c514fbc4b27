import { isBroken, noteFound, noteRefused } from "../abuse-broken.ts";
import { NO_ID, readId } from "../abuse-ids.ts";
import { isAnybodyLimited, isLimited, limitClient } from "../abuse-limit.ts";
import { addMissing } from "../abuse-missing.ts";
import { addUse } from "../abuse-quota.ts";
import { addFound, addRefusal, isSlowEnumeration } from "../abuse-refusals.ts";
import { addVisit, type Visit, type Walk } from "../abuse-walk.ts";
import type { Config, Instance } from "../configure.ts";
import { isCrowd } from "../crowd.ts";
import { hashText } from "../distinct.ts";
import { countGood, goodFor } from "../evidence.ts";
import type { Facts } from "../features/facts.ts";
import type { Source } from "../features/source.ts";
import { findIdentity, type Identity } from "../identities.ts";
import type { Outcome } from "../outcome.ts";
import type { Finding } from "../score.ts";

/**
 * Catches clients that take what was not meant for them: probing (many distinct missing paths), enumeration (walking through ids), scraping (far more
 * pages of a route than people read, for minutes) and a consumer that uses far more than it usually does. Example: 203.0.113.7 asks for
 * /.env, /wp-login.php and eight others within ten seconds.
 *
 * A client is whoever Kong has authenticated, from however many addresses he comes, and else the address. What was never let in is nobody's
 * credential: it counts for its address.
 */
const SCORE = 75;
/** Others are behind the client: it is reported and flagged. */
const MILD = 45;
const SHARED_FROM = 4;
const DENIED_SHARE = 0.4;
const STEP_SHARE = 0.6;
const ID_SHARE = 0.7;
/** Walking in steps without being refused is what exports do as well: only far more of it counts. */
const STEPS_FACTOR = 5;
/** Times its usual requests that a consumer with many addresses makes when somebody walks with its credential. */
const UNUSUAL = 3;

const build = (
  detector: string,
  score: number,
  source: Source,
  identity: Identity | undefined,
  reason: string,
): Finding => ({
  category: "abuse",
  detector: `abuse.${detector}`,
  score,
  action: score === SCORE ? "throttle" : "flag",
  subject: identity === undefined ? "ip" : "credential",
  value: identity === undefined ? source.ip : identity.hash,
  reason,
});

/** Of what an address finds in the same time: so many misses more are excused. */
const FOUND_SHARE = 0.5;

const clientOf = (source: Source, identity: Identity | undefined): string =>
  identity === undefined ? source.key : `c${identity.owner}`;

/** What the address usually finds in so many seconds, since it was first seen or over the windows that are counted. */
const foundIn = (instance: Instance, key: string, seconds: number): number => {
  const length = instance.config.source.window_s;
  const counted = Math.min(goodFor(key), length + (ngx.now() % length));
  return (countGood(instance, key) * seconds) / Math.max(seconds, counted);
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

/** Things that are gone: crawlers come back for what they once found, and a route may have lost all it had. */
const isGone = ({ facts, route }: Outcome): boolean =>
  facts !== undefined &&
  route !== undefined &&
  (isBroken(route.id) || (isAnnounced(facts.userAgent) && readId(facts.path, facts.query) !== NO_ID));

const detectProbing = (instance: Instance, outcome: Outcome): Finding | undefined => {
  const { status, source, identity } = outcome;
  if ((status !== 404 && status !== 410) || isGone(outcome)) return undefined;
  const { max_missing, missing_window_s } = instance.config.abuse;
  const client = clientOf(source, identity);
  const missing = addMissing(client, source.key, ngx.var.uri ?? "", missing_window_s, ngx.now());
  if (missing < max_missing) return undefined;
  // Who finds far more than it misses has followed broken links.
  if (missing < max_missing + FOUND_SHARE * foundIn(instance, source.key, missing_window_s)) return undefined;
  const reason = `${max_missing} distinct missing paths within ${missing_window_s} s`;
  // Whoever may be there asks for what is gone when its own records are old.
  const finding = build("probing", identity === undefined ? SCORE : MILD, source, identity, reason);
  if (identity === undefined) finding.action = "block";
  return finding;
};

/**
 * Pure: why this looks like walking through ids or like scraping; nil when it does not. Those who share a client each read for themselves, but
 * what is refused to a consumer is refused to all of them.
 */
export const judgeWalk = (limits: Config["abuse"], walk: Walk, isConsumer: boolean): string | undefined => {
  const pages = walk.pages / walk.users;
  const tried = isConsumer ? walk.pages : pages;
  if (walk.ids >= ID_SHARE && tried >= limits.max_ids && walk.denied >= DENIED_SHARE)
    return "enumeration: many ids of one route, most of which are refused";
  if (walk.ids >= ID_SHARE && walk.steps >= STEP_SHARE && pages >= STEPS_FACTOR * limits.max_ids)
    return "enumeration: very many ids of one route, one after the other";
  if (pages >= limits.max_pages && walk.busyMinutes >= limits.pages_minutes)
    return "scraping: far more pages of one route than people read, for minutes";
  return undefined;
};

const visit: Visit = {
  client: "",
  route: "",
  path: "",
  query: undefined,
  userAgent: undefined,
  user: undefined,
  isTrueUser: false,
  isDenied: false,
  tag: 0,
  instance: undefined,
  facts: undefined,
};

const fillVisit = (instance: Instance, outcome: Outcome, facts: Facts, route: string): void => {
  const { source, status, identity } = outcome;
  visit.client = clientOf(source, identity);
  visit.route = route;
  visit.path = facts.path;
  visit.query = facts.query;
  visit.isTrueUser = identity !== undefined || status < 400;
  // A stranger's 401 says that he has to log in, whatever there is.
  visit.isDenied = status === 403 || status === 404 || (status === 401 && identity !== undefined);
  if (identity === undefined) {
    const { authorization } = facts.headers;
    visit.instance = instance;
    visit.facts = facts;
    visit.userAgent = facts.userAgent;
    visit.user = facts.cookie ?? (typeof authorization === "string" ? authorization : undefined);
  } else {
    visit.instance = undefined;
    visit.facts = undefined;
    visit.userAgent = undefined;
    visit.user = source.key;
  }
};

/** `use`: how many times its usual requests the consumer has reached. */
const detectWalk = (
  instance: Instance,
  outcome: Outcome,
  facts: Facts,
  route: string,
  use: number,
): Finding | undefined => {
  const limits = instance.config.abuse;
  const { source, identity } = outcome;
  fillVisit(instance, outcome, facts, route);
  const walk = addVisit(visit, limits.max_pages, ngx.now());
  if (walk === undefined || walk.pages < limits.max_ids) return undefined;
  const reason = judgeWalk(limits, walk, identity !== undefined);
  if (reason === undefined || (walk.denied >= DENIED_SHARE && isBroken(route))) return undefined;
  if (isAnnounced(facts.userAgent) && walk.pages < limits.crawler_rps * 60) return undefined;
  const isShared = walk.users >= SHARED_FROM;
  // A key that is built into an app: many together read much.
  if (isShared && identity !== undefined && walk.denied < DENIED_SHARE && use < UNUSUAL) return undefined;
  if (!isShared) limitClient(visit.client, route, ngx.now());
  const kind = string.sub(reason, 1, 1) === "e" ? "enumeration" : "scraping";
  const finding = build(kind, isShared ? MILD : SCORE, source, identity, reason);
  finding.isWeak = true;
  return finding;
};

/** After `detectWalk`, which has filled the visit. */
const detectSlowWalk = (instance: Instance, outcome: Outcome, facts: Facts, route: string): Finding | undefined => {
  const { source, identity, status } = outcome;
  const { tag, isDenied, client } = visit;
  if (status < 400) {
    addFound(tag);
    noteFound(route, tag, ngx.now());
  }
  if (!isDenied) return undefined;
  noteRefused(route, tag, ngx.now());
  // Crawlers come back for what is gone, but what is forbidden nobody has told them of.
  if (status !== 403 && isAnnounced(facts.userAgent)) return undefined;
  const refusals = addRefusal(
    tag,
    hashText(facts.query === undefined ? facts.path : facts.path + facts.query),
    ngx.now(),
  );
  if (refusals === undefined || !isSlowEnumeration(instance.config.abuse.max_ids, refusals) || isBroken(route))
    return undefined;
  // A consumer's own records may be old, and others are behind a crowd's address.
  const isMild = identity === undefined ? isCrowd(source.key) : status === 404;
  if (!isMild) limitClient(client, route, ngx.now());
  const reason = "enumeration: many pages of one route over hours, most of which are refused";
  const finding = build("enumeration", isMild ? MILD : SCORE, source, identity, reason);
  finding.isWeak = true;
  return finding;
};

/** Also of consumers whose requests present nothing that could be told before authentication, as with certificates. */
const useOf = (instance: Instance, { identity }: Outcome): number => {
  const { quota_min } = instance.config.abuse;
  if (identity !== undefined) return addUse(identity.owner, quota_min, ngx.now());
  const consumer = kong.client.get_consumer();
  // A consumer without a credential is the one for anonymous requests.
  if (consumer?.id === undefined || kong.client.get_credential() === undefined) return 0;
  return addUse(consumer.id, quota_min, ngx.now());
};

const detectQuota = (instance: Instance, outcome: Outcome, use: number): Finding | undefined => {
  if (use < instance.config.abuse.quota_factor) return undefined;
  return build("quota", MILD, outcome.source, outcome.identity, "a consumer uses far more than it usually does");
};

/** When the answer is there. */
export const detectAbuse = (instance: Instance, outcome: Outcome): Finding | undefined => {
  const { facts, source, route } = outcome;
  if (!instance.config.abuse.enabled || outcome.isStopped || source.isExempt) return undefined;
  const probing = detectProbing(instance, outcome);
  if (probing !== undefined || route === undefined || facts === undefined) return probing;
  const use = useOf(instance, outcome);
  return (
    detectWalk(instance, outcome, facts, route.id, use) ??
    detectSlowWalk(instance, outcome, facts, route.id) ??
    detectQuota(instance, outcome, use)
  );
};

/** On the way in: who was found walking or scraping here is slowed down for some minutes. */
export const detectLimited = (instance: Instance, facts: Facts): Finding | undefined => {
  const now = ngx.now();
  if (!isAnybodyLimited(now) || !instance.config.abuse.enabled || facts.source.isExempt) return undefined;
  const identity = findIdentity(instance);
  if (!isLimited(clientOf(facts.source, identity), facts.route?.id ?? "", now)) return undefined;
  const reason = "the client was found enumerating or scraping this route";
  const finding = build("limited", SCORE, facts.source, identity, reason);
  finding.isWeak = true;
  return finding;
};
