import type { Config, Instance } from "../configure.ts";
import { countGood, goodFor } from "../evidence.ts";
import type { Facts } from "../features/facts.ts";
import type { Source } from "../features/source.ts";
import {
  type AddressLogins,
  addAttempt,
  countAddresses,
  isAlarmed,
  isFirstSight,
  isKnownUser,
} from "../login-history.ts";
import type { Finding } from "../score.ts";

/**
 * Catches logins with many users' stolen passwords: many users from one address, one user from many addresses, or few tries each from
 * very many addresses against one route. Example: 11 users fail from 203.0.113.7 within a minute. Users who have succeeded from an address
 * before are never found.
 */
const SCORE = 90;
const FEW_USERS = 3;
const FEW_FAILURES = 2;
/** First successes excuse as many tries, but only up to this many times the limit: an attacker can make some up. */
const EXCUSED = 10;

/** Pure: why this address looks like stuffing, nil when it does not. First successes weigh against it: a full office arrives in the morning. */
export const judgeAddress = (limits: Config["login"], logins: AddressLogins): string | undefined => {
  const { pending, failures, successes } = logins;
  if (pending > limits.max_users_per_ip && pending >= Math.min(successes, EXCUSED * limits.max_users_per_ip)) {
    return `more than ${limits.max_users_per_ip} users tried from one address without success`;
  }
  if (failures > limits.max_failures_per_ip && failures >= Math.min(successes, EXCUSED * limits.max_failures_per_ip)) {
    return `more than ${limits.max_failures_per_ip} failed logins from one address`;
  }
  return undefined;
};

/** Pure: the same while the route as a whole is under attack, when a few tries are enough, unless any of them has succeeded. */
export const judgeAddressInAlarm = (logins: AddressLogins): string | undefined => {
  const isOne = logins.successes === 0 && logins.pending >= FEW_USERS && logins.failures >= FEW_FAILURES;
  return isOne ? "several users tried from one address without success during an attack on the route" : undefined;
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
const buildForAddress = (
  instance: Instance,
  source: Source,
  logins: AddressLogins,
  action: Finding["action"],
  reason: string,
): Finding => {
  const finding = build("ip", source.ip, action, reason);
  if (isFirstSight(instance, source)) finding.prior = { failures: logins.failures, users: logins.pending };
  return finding;
};

export const detectStuffing = (instance: Instance, facts: Facts): Finding | undefined => {
  const { source, login } = facts;
  if (login === undefined || isKnownUser(source, login)) return undefined;
  const limits = instance.config.login;
  const logins = addAttempt(instance, source, login);
  // Others behind the same address are told to come back; nobody else is there to be told anything.
  const hasOthers = logins.successes > 0 || countGood(instance, source.key) > 0 || goodFor(source.key) > 0;
  const action = hasOthers ? "throttle" : "block";
  const reason = source.isExempt ? undefined : judgeAddress(limits, logins);
  if (reason !== undefined) return buildForAddress(instance, source, logins, action, reason);
  const route = facts.route?.id ?? "";
  const inAlarm = source.isExempt || !isAlarmed(route) ? undefined : judgeAddressInAlarm(logins);
  if (inAlarm !== undefined) return build("route", route, action, inAlarm);
  const addresses = countAddresses(login.user);
  if (addresses <= limits.max_ips_per_user) return undefined;
  return build(
    "user",
    login.user,
    "throttle",
    `failed logins of one user from more than ${limits.max_ips_per_user} addresses`,
  );
};
