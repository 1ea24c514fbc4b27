import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import type { Facts } from "./features/facts.ts";
import type { LoginAttempt } from "./features/login.ts";
import { addFailure, addSuccess, countLongAddresses, isKnownUser, readStanding } from "./login-history.ts";
import { isLearnedFailure, isRefusal, kindOfAnswer, noteAnswer } from "./logins/answers.ts";
import { guardOf, type RouteGuard } from "./logins/guard.ts";
import { addToGroup, groupOf } from "./logins/header-groups.ts";
import { noteNamed } from "./logins/named.ts";
import { noteInNetwork } from "./logins/network.ts";
import { addRegularFailure, addRegularSuccess, addStrangerFailure, explainedShare } from "./logins/regulars.ts";
import type { Finding } from "./score.ts";

/** How a login attempt ended, as its answer tells: nobody is asked for a user's password here. */
export type LoginResult = "failed" | "succeeded" | "unknown";

/** Reported with the route's incident, too little to be stopped or flagged for. */
const REPORT_ONLY = 10;
const TAKEOVER_SCORE = 60;
/** Distinct addresses that failed a user within the hour, or distinct users an address failed, before a success of a stranger is suspicious. */
const MANY_ADDRESSES = 5;
const MANY_USERS = 3;
const TELL_ONCE_S = 600;
/** From this share on a failure is not held against its address. */
const EXPLAINED = 0.5;

/** Pure: by what the answer to an attempt tells. A 403 to a Basic credential is about rights, not about the password. */
export const judgeAnswer = (login: LoginAttempt, status: number, isFailure: boolean): LoginResult => {
  if (login.kind === "basic") {
    if (status === 401) return "failed";
  } else if (isFailure) return "failed";
  return status >= 200 && status < 400 ? "succeeded" : "unknown";
};

/** What the status leaves open: a redirect that says so, or an answer of the kind that failed logins get on this route. */
const isOtherFailure = (instance: Instance, facts: Facts, login: LoginAttempt, status: number): boolean => {
  const { failure_locations, learn_answers } = instance.config.login;
  const isRefused = status >= 300 && status < 400 && isRefusal(ngx.var.sent_http_location, failure_locations);
  if (isRefused || !learn_answers || !login.isNamed) return isRefused;
  const route = facts.route?.id ?? "";
  const kind = kindOfAnswer(status);
  noteAnswer(route, `${facts.source.key}${login.user}`, kind);
  return isLearnedFailure(route, kind);
};

/** How the login of a request ended that the service, or a plugin before it, has answered. */
export const readAnswer = (instance: Instance, facts: Facts, login: LoginAttempt, status: number): LoginResult => {
  if (instance.isLoginFailure.has(status) || login.kind === "basic" || status < 200 || status >= 500)
    return judgeAnswer(login, status, instance.isLoginFailure.has(status));
  return judgeAnswer(login, status, isOtherFailure(instance, facts, login, status));
};

/** What failed before the alarm belongs to the incident; told by one worker, once. */
const tellPrior = (route: string, guard: RouteGuard, finding: Finding): void => {
  const [isFirst] = counters.add(`Jp${route}:${guard.state.since}`, true, TELL_ONCE_S);
  const failures = math.ceil(guard.state.failures);
  if (isFirst) finding.prior = { failures, users: failures };
};

/** A failure of somebody unknown there is counted; false where it says nothing new. */
const countFailure = (instance: Instance, facts: Facts, login: LoginAttempt, guard: RouteGuard): boolean => {
  const explained = explainedShare(guard.regulars, facts.userAgent);
  const isExplained = explained >= EXPLAINED;
  const effect = addFailure(instance, facts.source, login, isExplained);
  noteInNetwork(instance, facts.source, login, isExplained ? "explained" : "failed");
  if (facts.source.isExempt || !effect.isNew) return false;
  const { counts } = guard;
  counts.failures += 1 - explained;
  if (effect.isFirst) counts.addresses += 1 - explained;
  if (effect.isSecond) counts.repeaters += 1 - explained;
  addToGroup(guard.groups, groupOf(facts), true);
  addStrangerFailure(guard.regulars, facts.userAgent);
  return !isExplained;
};

const observeFailure = (instance: Instance, facts: Facts, login: LoginAttempt): Finding | undefined => {
  const { source } = facts;
  const route = facts.route?.id ?? "";
  const guard = guardOf(route);
  guard.counts.logins += 1;
  if (isKnownUser(source, login)) {
    if (!source.isExempt) addRegularFailure(guard.regulars, facts.userAgent, route, login.user);
    return undefined;
  }
  if (!countFailure(instance, facts, login, guard) || guard.state.level === 0) return undefined;
  const finding: Finding = {
    category: "credential_stuffing",
    detector: "credential-stuffing.route",
    score: REPORT_ONLY,
    action: "flag",
    subject: "route",
    value: route,
    reason: "far more failed logins than usual on one route, from many addresses",
  };
  tellPrior(route, guard, finding);
  return finding;
};

/** Pure: why a success from where the user never succeeded before may be somebody else's; nil when it may not. */
export const judgeTakeover = (addresses: number, failed: number, succeeded: number): string | undefined => {
  if (addresses >= MANY_ADDRESSES)
    return `a user logs in from a new address after failures from ${addresses} addresses`;
  if (failed >= MANY_USERS && failed >= 3 * succeeded)
    return `a user logs in for the first time from an address where ${failed} others failed`;
  return undefined;
};

/** Told, never stopped for: who forgot a password looks much the same. */
const findTakeover = (instance: Instance, facts: Facts, login: LoginAttempt): Finding | undefined => {
  if (login.user === "" || facts.source.isExempt) return undefined;
  const { failed, succeeded } = readStanding(instance, facts.source, login);
  const reason = judgeTakeover(countLongAddresses(login.user), failed, succeeded);
  if (reason === undefined) return undefined;
  return {
    category: "credential_stuffing",
    detector: "credential-stuffing.takeover",
    score: TAKEOVER_SCORE,
    action: "flag",
    subject: "user",
    value: login.user,
    isWeak: true,
    reason,
  };
};

const observeSuccess = (
  instance: Instance,
  facts: Facts,
  login: LoginAttempt,
  isProved: boolean,
): Finding | undefined => {
  const { source } = facts;
  const isRegular = isKnownUser(source, login);
  if (login.kind === "path") noteNamed(login.realm, login.isNamed);
  // Where nobody looks at Basic credentials everybody succeeds.
  const counts = login.kind === "path" || isProved;
  const takeover = counts && !isRegular ? findTakeover(instance, facts, login) : undefined;
  const resolves = isRegular ? false : addSuccess(instance, source, login, isProved);
  if (!counts) return undefined;
  if (!isRegular) noteInNetwork(instance, source, login, "succeeded");
  const guard = guardOf(facts.route?.id ?? "");
  guard.counts.logins += 1;
  if (resolves && !source.isExempt) guard.counts.failures -= 1;
  addToGroup(guard.groups, groupOf(facts), false);
  if (isRegular) addRegularSuccess(guard.regulars, facts.userAgent);
  return takeover;
};

/** Remembers how the attempt of this request ended: a failure during an attack on the route is part of that incident, a success may be one. */
export const observeLogin = (
  instance: Instance,
  facts: Facts,
  result: LoginResult,
  isProved: boolean,
): Finding | undefined => {
  const { login } = facts;
  if (login === undefined || result === "unknown") return undefined;
  if (result === "failed") return observeFailure(instance, facts, login);
  return observeSuccess(instance, facts, login, isProved);
};
