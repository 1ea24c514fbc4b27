import type { Instance } from "./configure.ts";
import type { Facts } from "./features/facts.ts";
import type { LoginAttempt } from "./features/login.ts";
import { addFailure, addSuccess, isAlarmed, isKnownUser, type RouteLogins, raiseAlarm } from "./login-history.ts";
import type { Finding } from "./score.ts";

/** How a login attempt ended, as its answer tells: nobody is asked for a user's password here. */
export type LoginResult = "failed" | "succeeded" | "unknown";

const MIN_ADDRESSES = 5;
const MIN_USERS = 10;
const MIN_RATIO = 0.3;
const RATIO_FACTOR = 3;
const MAX_RATIO = 0.6;
const MAX_ROUTES = 500;
const DECAY = 0.998;
const MIN_LEARNED = 200;
/** Reported with the route's incident, too little to be stopped or flagged for. */
const REPORT_ONLY = 10;

interface Learned {
  failures: number;
  successes: number;
}

let learned = new LuaTable<string, Learned>();
let routes = 0;

const learnedFor = (route: string): Learned => {
  const known = learned.get(route);
  if (known !== undefined) return known;
  if (routes >= MAX_ROUTES) {
    learned = new LuaTable();
    routes = 0;
  }
  const fresh = { failures: 0, successes: 0 };
  learned.set(route, fresh);
  routes += 1;
  return fresh;
};

/** Pure: by what the answer to an attempt tells. A 403 to a Basic credential is about rights, not about the password. */
export const judgeAnswer = (login: LoginAttempt, status: number, isFailure: boolean): LoginResult => {
  if (login.kind === "basic") {
    if (status === 401) return "failed";
  } else if (isFailure) return "failed";
  return status >= 200 && status < 400 ? "succeeded" : "unknown";
};

/** Pure: whether failures on the route as a whole are an attack: many, of many users, from many addresses, and far above the usual share. */
export const isRouteAttack = (now: RouteLogins, usual: number, minFailures: number): boolean => {
  const ratio = now.failures / (now.failures + now.successes);
  const limit = Math.min(MAX_RATIO, Math.max(MIN_RATIO, usual * RATIO_FACTOR));
  return now.failures >= minFailures && now.addresses >= MIN_ADDRESSES && now.users >= MIN_USERS && ratio >= limit;
};

const learn = (route: string, failed: boolean): number => {
  const usual = learnedFor(route);
  const total = usual.failures + usual.successes;
  const ratio = total < MIN_LEARNED ? 0 : usual.failures / total;
  if (!isAlarmed(route)) {
    usual.failures = usual.failures * DECAY + (failed ? 1 : 0);
    usual.successes = usual.successes * DECAY + (failed ? 0 : 1);
  }
  return ratio;
};

const observeFailure = (instance: Instance, facts: Facts, login: LoginAttempt): Finding | undefined => {
  const route = facts.route?.id ?? "";
  const usual = learn(route, true);
  if (isKnownUser(facts.source, login)) return undefined;
  const now = addFailure(instance, facts.source, login, route);
  const isAttack = isRouteAttack(now, usual, 2 * instance.config.login.max_failures_per_ip);
  if (isAttack) raiseAlarm(instance, route);
  if (!isAttack && !isAlarmed(route)) return undefined;
  return {
    category: "credential_stuffing",
    detector: "credential-stuffing.route",
    score: REPORT_ONLY,
    action: "flag",
    subject: "route",
    value: route,
    reason: "far more failed logins than usual on one route, from many addresses",
  };
};

/** Remembers how the attempt of this request ended; a failure during an attack on the route is part of that incident. */
export const observeLogin = (
  instance: Instance,
  facts: Facts,
  result: LoginResult,
  isProved: boolean,
): Finding | undefined => {
  const { login, source } = facts;
  if (login === undefined || result === "unknown") return undefined;
  if (result === "failed") return observeFailure(instance, facts, login);
  const route = facts.route?.id ?? "";
  learn(route, false);
  addSuccess(instance, source, login, route, isProved);
  return undefined;
};
