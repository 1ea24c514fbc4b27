import type { Instance } from "./configure.ts";
import type { LoginAttempt } from "./features/login.ts";
import type { Source } from "./features/source.ts";
import {
  type AddressRecord,
  ASKED,
  ageOf,
  countSettled,
  dropRecord,
  EXPLAINED,
  FAILED,
  findSlot,
  loadRecord,
  noteExplained,
  noteFailure,
  noteSuccess,
  noteTry,
  saveRecord,
  setState,
  tagOf,
  takeSlot,
} from "./logins/address-record.ts";
import { addKnown, isKnown } from "./logins/known.ts";
import { addMember, countMembers } from "./spread.ts";

/**
 * Who tried to log in from where, and how it ended. Only attempts for users that have never succeeded from that address count, so that
 * regulars never look like an attack.
 */
const TAKEOVER_S = 3600;
/** A retry that comes sooner than that is a program's, and one that comes later than that is a new try. */
const RETRY_FROM_S = 2;
const RETRY_UNTIL_S = 900;
/** Whoever mistyped has tried again by then. */
const SETTLED_S = 20;
/** What an address is given credit for that had successes before its first failure: they were not counted then. */
const TRUSTED_SUCCESSES = 5;

/** How an address stands, for one user unknown there. */
export interface Standing {
  /** In the window: distinct users tried from the address that have not succeeded, failures, and users that succeeded. */
  pending: number;
  failures: number;
  successes: number;
  /** Over hours: other users that failed and never succeeded, those of them who had time to try again, and users that succeeded. */
  failed: number;
  settled: number;
  succeeded: number;
  /** This user has failed here already, or comes back after having been asked to. */
  isReturning: boolean;
  /** Somebody has logged in here, at the same path, in the last days. */
  isTrusted: boolean;
}

/** What one failure changed. */
export interface FailureEffect {
  /** The user had not failed at the address before, nor had anybody; or exactly one other had, and nobody succeeded. */
  isNew: boolean;
  isFirst: boolean;
  isSecond: boolean;
}

const pairOf = (source: Source, login: LoginAttempt): string => `${source.key}${login.user}`;

/** Somebody's success at one path says nothing about another one: not every path asks for a password. */
const trustOf = (source: Source, login: LoginAttempt): string => `${source.key} ${login.proof}`;

/** Whether the user has logged in from this address before: with Kong's word for it anywhere, else at this very path. */
export const isKnownUser = (source: Source, login: LoginAttempt): boolean => {
  if (login.user === "") return false;
  const pair = pairOf(source, login);
  return isKnown(`${pair}${login.proof}`) || isKnown(pair);
};

const load = (instance: Instance, source: Source): AddressRecord => {
  const { window_s, slow_window_s } = instance.config.login;
  return loadRecord(source.key, window_s, slow_window_s);
};

const save = (instance: Instance, source: Source): void => {
  const { window_s, slow_window_s } = instance.config.login;
  saveRecord(source.key, 2 * Math.max(window_s, slow_window_s));
};

const isReturning = (slot: number, record: AddressRecord): boolean => {
  if (slot < 0) return false;
  if (record.state[slot] === FAILED || record.state[slot] === EXPLAINED) return true;
  const age = ageOf(slot);
  return record.state[slot] === ASKED && age >= RETRY_FROM_S && age <= RETRY_UNTIL_S;
};

/** An unknown user's attempt begins. A Basic credential may not even be looked at where it is sent, so it counts only when it fails. */
export const addAttempt = (instance: Instance, source: Source, login: LoginAttempt): Standing => {
  const record = load(instance, source);
  const user = tagOf(login.user);
  const slot = findSlot(user);
  const own = slot >= 0 && record.state[slot] === FAILED ? 1 : 0;
  const standing = {
    pending: 0,
    failures: record.failures,
    successes: record.successes,
    failed: Math.max(0, record.failed - own),
    settled: countSettled(user, SETTLED_S),
    succeeded: record.succeeded,
    isReturning: isReturning(slot, record),
    isTrusted: isKnown(trustOf(source, login)),
  };
  if (login.kind === "path" && slot < 0) {
    noteTry(user);
    save(instance, source);
  }
  standing.pending = Math.max(0, record.tried - record.successes);
  return standing;
};

/** True once a window for each address: for what has to be told only once. */
export const isFirstSight = (instance: Instance, source: Source): boolean => {
  const record = load(instance, source);
  if (record.told === 1) return false;
  record.told = 1;
  save(instance, source);
  return true;
};

/** A stranger is asked to come again: that he does will be remembered. */
export const askAgain = (instance: Instance, source: Source, login: LoginAttempt): void => {
  const record = load(instance, source);
  const user = tagOf(login.user);
  const slot = findSlot(user);
  if (slot < 0) takeSlot(user, ASKED);
  else if (record.state[slot] !== ASKED || ageOf(slot) > RETRY_UNTIL_S) setState(slot, ASKED);
  save(instance, source);
};

/** An unknown user's attempt failed. Where regulars fail just so (`isExplained`), it is not held against the address. */
export const addFailure = (
  instance: Instance,
  source: Source,
  login: LoginAttempt,
  isExplained: boolean,
): FailureEffect => {
  const record = load(instance, source);
  const before = record.failed;
  const isNew = isExplained ? noteExplained(tagOf(login.user)) : noteFailure(tagOf(login.user));
  record.realm = tagOf(login.realm);
  if (isNew && before === 0 && record.succeeded === 0 && isKnown(trustOf(source, login)))
    record.succeeded = TRUSTED_SUCCESSES;
  const hasSuccess = record.succeeded > 0;
  save(instance, source);
  if (login.user !== "" && isNew && !isExplained) {
    addMember("a", instance.config.login.window_s, login.user, source.key);
    addMember("t", TAKEOVER_S, login.user, source.key);
  }
  return { isNew, isFirst: isNew && before === 0, isSecond: isNew && before === 1 && !hasSuccess };
};

/** An unknown user's attempt succeeded: whether failures of the user here are explained by that. `isProved` by Kong itself. */
export const addSuccess = (instance: Instance, source: Source, login: LoginAttempt, isProved: boolean): boolean => {
  const pair = pairOf(source, login);
  if (login.user !== "") addKnown(isProved ? pair : `${pair}${login.proof}`);
  if (login.kind === "basic" && !isProved) return false;
  addKnown(trustOf(source, login));
  const record = load(instance, source);
  if (record.failed > 0 && record.realm !== tagOf(login.realm)) return false;
  const wasFailed = noteSuccess(tagOf(login.user));
  if (record.failed === 0) dropRecord(source.key);
  else save(instance, source);
  return wasFailed;
};

/** Distinct addresses from which logins of this user failed in the window. */
export const countAddresses = (instance: Instance, user: string): number =>
  user === "" ? 0 : countMembers("a", instance.config.login.window_s, user);

/** The same over the last one to two hours. */
export const countLongAddresses = (user: string): number => (user === "" ? 0 : countMembers("t", TAKEOVER_S, user));

/** How an address stands without an attempt being counted. */
export const readStanding = (
  instance: Instance,
  source: Source,
  login: LoginAttempt,
): { failed: number; succeeded: number } => {
  const record = load(instance, source);
  const slot = findSlot(tagOf(login.user));
  const own = slot >= 0 && record.state[slot] === FAILED ? 1 : 0;
  return { failed: Math.max(0, record.failed - own), succeeded: record.succeeded };
};
