import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import type { LoginAttempt } from "./features/login.ts";
import type { Source } from "./features/source.ts";

/**
 * Who tried to log in from where, and how it ended: counts per address, per user and per route, each in a window of `login.window_s` that begins
 * with its first event. Only attempts for users that have never succeeded from that address count, so that regulars never look like an attack.
 */
const REMEMBER_S = 604_800;

export interface AddressLogins {
  /** Distinct users tried from the address that have not succeeded. */
  pending: number;
  failures: number;
  /** Users whose first success from this address fell into the window. */
  successes: number;
}

export interface RouteLogins {
  failures: number;
  successes: number;
  /** Distinct addresses with failures. */
  addresses: number;
  /** Distinct users among them. */
  users: number;
}

const read = (key: string): number => {
  const [value] = counters.get(key);
  return (value as number | undefined) ?? 0;
};

const count = (key: string, window: number): number => {
  const [value] = counters.incr(key, 1, 0, window);
  return value ?? 0;
};

/** Counts `member` once in a window: how many there are in the set now. */
const countOnce = (set: string, member: string, window: number): number => {
  const [isNew] = counters.add(`${set}:${member}`, true, window);
  return isNew ? count(set, window) : read(set);
};

/** Whether the user has logged in from this address before: with Kong's word for it anywhere, else at this very path. */
export const isKnownUser = (source: Source, login: LoginAttempt): boolean => {
  if (login.user === "") return false;
  const pair = `k${source.key}${login.user}`;
  const [everywhere] = counters.get(pair);
  if (everywhere !== undefined) return true;
  const [here] = counters.get(`${pair}${login.realm}`);
  return here !== undefined;
};

/** An unknown user's attempt begins. A Basic credential may not even be looked at where it is sent, so it counts only when it fails. */
export const addAttempt = (instance: Instance, source: Source, login: LoginAttempt): AddressLogins => {
  const window = instance.config.login.window_s;
  const users = `lu${source.key}`;
  const tried = login.kind === "path" ? countOnce(users, login.user, window) : read(users);
  const successes = read(`ls${source.key}`);
  return { pending: Math.max(0, tried - successes), failures: read(`lf${source.key}`), successes };
};

/** True once a window for each address: for what has to be told only once. */
export const isFirstSight = (instance: Instance, source: Source): boolean => {
  const [isNew] = counters.add(`lr${source.key}`, true, instance.config.login.window_s);
  return isNew;
};

/** An unknown user's attempt failed. */
export const addFailure = (instance: Instance, source: Source, login: LoginAttempt, route: string): RouteLogins => {
  const window = instance.config.login.window_s;
  count(`lf${source.key}`, window);
  if (login.kind === "basic") countOnce(`lu${source.key}`, login.user, window);
  if (login.user !== "") countOnce(`la${login.user}`, source.key, window);
  return {
    failures: count(`rf${route}`, window),
    successes: read(`rs${route}`),
    addresses: countOnce(`ra${route}`, source.key, window),
    users: login.user === "" ? count(`ru${route}`, window) : countOnce(`ru${route}`, login.user, window),
  };
};

/** An attempt succeeded. `isProved` when Kong itself has authenticated the user. */
export const addSuccess = (
  instance: Instance,
  source: Source,
  login: LoginAttempt,
  route: string,
  isProved: boolean,
): void => {
  const window = instance.config.login.window_s;
  count(`rs${route}`, window);
  if (login.user === "") return;
  const pair = `k${source.key}${login.user}`;
  const [isNew] = counters.add(isProved ? pair : `${pair}${login.realm}`, true, REMEMBER_S);
  if (!isNew) return;
  const [tried] = counters.get(`lu${source.key}:${login.user}`);
  if (tried !== undefined) count(`ls${source.key}`, window);
};

/** Distinct addresses from which logins of this user failed. */
export const countAddresses = (user: string): number => (user === "" ? 0 : read(`la${user}`));

/** Raises the alarm for a route for one window; it lasts as long as failures keep coming. */
export const raiseAlarm = (instance: Instance, route: string): void => {
  counters.set(`rA${route}`, true, instance.config.login.window_s);
};

export const isAlarmed = (route: string): boolean => {
  const [alarm] = counters.get(`rA${route}`);
  return alarm !== undefined;
};
