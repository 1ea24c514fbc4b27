import type { Config, Instance } from "../configure.ts";
import { countGood, goodFor } from "../evidence.ts";
import type { Facts } from "../features/facts.ts";
import type { LoginAttempt } from "../features/login.ts";
import type { Source } from "../features/source.ts";
import { addAttempt, askAgain, countAddresses, isFirstSight, isKnownUser, type Standing } from "../login-history.ts";
import { guardOf, type RouteGuard } from "../logins/guard.ts";
import { groupOf, isBadGroup } from "../logins/header-groups.ts";
import { isBadNetwork } from "../logins/network.ts";
import type { Finding } from "../score.ts";

/**
 * Catches logins with many users' stolen passwords: many users from one address (within a minute, or slowly over hours), one user from many
 * addresses, or few tries each from very many addresses against one route. Example: 11 users fail from 203.0.113.7. Users who have
 * succeeded from an address before are never found.
 */
const SCORE = 90;
/** First successes excuse as many tries, but only up to this many times the limit: an attacker can make some up. */
const EXCUSED = 10;
/** Over hours, failures have to outnumber successes by this. */
const SLOW_FACTOR = 3;
const FEW_USERS = 2;
const ASK_AGAIN_S = 5;
const GOOD_BEFORE_S = 10;

/** Pure: why this address looks like stuffing, nil when it does not. First successes weigh against it: a full office arrives in the morning. */
export const judgeAddress = (
  limits: Config["login"],
  { pending, failures, successes, failed, succeeded }: Standing,
): string | undefined => {
  if (pending > limits.max_users_per_ip && pending >= Math.min(successes, EXCUSED * limits.max_users_per_ip)) {
    return `more than ${limits.max_users_per_ip} users tried from one address without success`;
  }
  if (failures > limits.max_failures_per_ip && failures >= Math.min(successes, EXCUSED * limits.max_failures_per_ip)) {
    return `more than ${limits.max_failures_per_ip} failed logins from one address`;
  }
  if (failed >= limits.max_users_per_ip && failed >= SLOW_FACTOR * succeeded) {
    return `${limits.max_users_per_ip} users or more failed from one address over hours, and hardly any succeeded`;
  }
  return undefined;
};

export type GuardRuling = "pass" | "ask" | "stop";

/**
 * Pure: what a route under attack does with a user unknown at the address. `stop`: other users failed here and nobody ever succeeded. `ask`: it
 * may be anybody, and whoever comes back in a few seconds is let in. Addresses with a good past pass.
 */
export const judgeInGuard = (level: number, standing: Standing, isGood: boolean, isBadClient: boolean): GuardRuling => {
  const { failed, settled, succeeded, isReturning, isTrusted } = standing;
  const hasFailedALot = failed > FEW_USERS && failed >= SLOW_FACTOR * succeeded;
  if ((isTrusted || succeeded > 0) && !hasFailedALot) return "pass";
  // A mistyped password is typed again within seconds, before others' mistakes could count.
  const unexplained = isReturning ? settled : failed;
  if (unexplained >= FEW_USERS && unexplained >= SLOW_FACTOR * succeeded) return "stop";
  if (isReturning || isGood) return "pass";
  return settled > 0 || isBadClient || level > 1 ? "ask" : "pass";
};

const build = (
  subject: "ip" | "user" | "route",
  value: string,
  action: Finding["action"],
  reason: string,
): Finding => ({
  category: "credential_stuffing",
  detector: `credential-stuffing.${subject}`,
  score: SCORE,
  action,
  subject,
  value,
  reason,
  // Refusing strangers' logins is enough where others are behind the address, or where one user is the victim.
  isWeak: action === "throttle",
});

/** The failures that made an address suspicious belong to its incident, though each by itself said nothing. */
const detectByAddress = (instance: Instance, source: Source, standing: Standing): Finding | undefined => {
  const reason = judgeAddress(instance.config.login, standing);
  if (reason === undefined) return undefined;
  // Others behind the same address are told to come back; nobody else is there to be told anything.
  const hasOthers =
    standing.successes > 0 || standing.isTrusted || countGood(instance, source.key) > 0 || goodFor(source.key) > 0;
  const finding = build("ip", source.ip, hasOthers ? "throttle" : "block", reason);
  if (isFirstSight(instance, source))
    finding.prior = { failures: standing.failures, users: Math.max(standing.pending, standing.failed) };
  return finding;
};

const REASONS = {
  stop: "several users failed from one address without success during an attack on the route",
  ask: "a stranger's login during an attack on the route: asked to come again",
};

const detectInGuard = (
  instance: Instance,
  facts: Facts,
  login: LoginAttempt,
  standing: Standing,
  { state, groups, counts }: RouteGuard,
): Finding | undefined => {
  if (state.level === 0) return undefined;
  const isGood = goodFor(facts.source.key) > ngx.now() - state.since + GOOD_BEFORE_S;
  const ruling = judgeInGuard(state.level, standing, isGood, isBadGroup(groups, groupOf(facts)));
  if (ruling === "pass") return undefined;
  counts.stopped += 1;
  const finding = build("route", facts.route?.id ?? "", "throttle", REASONS[ruling]);
  if (ruling === "ask") {
    askAgain(instance, facts.source, login);
    finding.retryAfter = ASK_AGAIN_S;
  }
  return finding;
};

const detectByUser = (instance: Instance, login: LoginAttempt): Finding | undefined => {
  const limit = instance.config.login.max_ips_per_user;
  if (countAddresses(instance, login.user) <= limit) return undefined;
  return build("user", login.user, "throttle", `failed logins of one user from more than ${limit} addresses`);
};

const detectByNetwork = (instance: Instance, facts: Facts, login: LoginAttempt): Finding | undefined =>
  isBadNetwork(instance, facts.source, login)
    ? build(
        "route",
        facts.route?.id ?? "",
        "throttle",
        "many users failed from one network (/48), and hardly any succeeded",
      )
    : undefined;

export const detectStuffing = (instance: Instance, facts: Facts): Finding | undefined => {
  const { source, login } = facts;
  if (login === undefined || isKnownUser(source, login)) return undefined;
  // What a proxy in front tries, all clients behind it try: nothing is held against them together.
  if (source.isExempt) return detectByUser(instance, login);
  const standing = addAttempt(instance, source, login);
  const guard = guardOf(facts.route?.id ?? "");
  return (
    detectByAddress(instance, source, standing) ??
    detectInGuard(instance, facts, login, standing, guard) ??
    detectByNetwork(instance, facts, login) ??
    detectByUser(instance, login)
  );
};
