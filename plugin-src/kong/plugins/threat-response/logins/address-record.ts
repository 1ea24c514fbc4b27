import * as ffi from "ffi";
import { counters } from "../counters.ts";
import { hashText } from "../stable-hash.ts";

/**
 * What an address has tried as whom, in one small value of the shared dictionary that all workers read and write. Only addresses with
 * unfinished or failed logins of users unknown there have one. Two workers that write at the same moment lose one of two counts, no more.
 */
export interface AddressRecord {
  window_start: number;
  slow_start: number;
  /** In the window: distinct users, failures, and users that succeeded. */
  tried: number;
  failures: number;
  successes: number;
  /** Halved each `slow_window_s`: distinct users that failed and have not succeeded since, and those that succeeded. */
  failed: number;
  succeeded: number;
  /** Whether the incident of this window has been told what happened before it. */
  told: number;
  next: number;
  realm: number;
  user: ffi.Numbers;
  at: ffi.Numbers;
  state: ffi.Numbers;
}

export const EMPTY = 0;
export const TRIED = 1;
export const FAILED = 2;
/** Asked to come again later, as a stranger during an attack. */
export const ASKED = 3;
/** Failed, as regulars do at the moment. */
export const EXPLAINED = 4;

const SLOTS = 16;
const SIZE = 104;
const MOST = 60_000;
const { floor } = math;

const record = ffi.new(
  "struct { uint32_t window_start, slow_start; uint16_t tried, failures, successes, failed, succeeded, told, next, realm; uint16_t user[16], at[16]; uint8_t state[16]; }",
) as unknown as AddressRecord;
const bytes = record as unknown as ffi.Numbers;

const bump = (value: number): number => Math.min(MOST, value + 1);

const age = (now: number, window: number, slowWindow: number): void => {
  if (now - record.window_start >= window) {
    record.window_start = now;
    record.tried = 0;
    record.failures = 0;
    record.successes = 0;
    record.told = 0;
  }
  while (now - record.slow_start >= slowWindow) {
    const isOld = now - record.slow_start > 20 * slowWindow;
    record.slow_start = isOld ? now : record.slow_start + slowWindow;
    record.failed = isOld ? 0 : floor(record.failed / 2);
    record.succeeded = isOld ? 0 : floor(record.succeeded / 2);
  }
};

/** The record of an address, with its counts as they are now. The one table is read and changed at once, never kept. */
export const loadRecord = (key: string, window: number, slowWindow: number): AddressRecord => {
  const now = floor(ngx.now());
  const [stored] = counters.get(`l${key}`);
  if (stored === undefined) {
    ffi.fill(bytes, SIZE);
    record.window_start = now;
    record.slow_start = now;
  } else {
    ffi.copy(bytes, stored as string, SIZE);
    age(now, window, slowWindow);
  }
  return record;
};

export const saveRecord = (key: string, seconds: number): void => {
  counters.set(`l${key}`, ffi.string(bytes, SIZE), seconds);
};

export const dropRecord = (key: string): void => {
  counters.delete(`l${key}`);
};

export const tagOf = (text: string): number => {
  const [word] = hashText(text);
  return word & 0xffff;
};

const second = (): number => floor(ngx.now()) & 0xffff;

export const ageOf = (slot: number): number => (second() - record.at[slot]) & 0xffff;

/** The user's slot; -1 without one. */
export const findSlot = (user: number): number => {
  for (const slot of $range(0, SLOTS - 1)) {
    if (record.user[slot] === user && record.state[slot] !== EMPTY) return slot;
  }
  return -1;
};

/** The user's slot, in place of the oldest one if need be. */
export const takeSlot = (user: number, state: number): number => {
  const slot = record.next;
  record.next = (slot + 1) % SLOTS;
  record.user[slot] = user;
  record.at[slot] = second();
  record.state[slot] = state;
  return slot;
};

export const setState = (slot: number, state: number): void => {
  record.state[slot] = state;
  record.at[slot] = second();
};

/** A user that had not been tried in this window is tried. */
export const noteTry = (user: number): void => {
  if (findSlot(user) >= 0) return;
  takeSlot(user, TRIED);
  record.tried = bump(record.tried);
};

/** True when this user had not failed here before. */
export const noteFailure = (user: number): boolean => {
  record.failures = bump(record.failures);
  let slot = findSlot(user);
  const isNew = slot < 0 || record.state[slot] !== FAILED;
  if (slot < 0) {
    slot = takeSlot(user, FAILED);
    record.tried = bump(record.tried);
  } else if (isNew) setState(slot, FAILED);
  if (isNew) record.failed = bump(record.failed);
  return isNew;
};

/** The same for a failure that is not held against the address: as if this user had not been tried. */
export const noteExplained = (user: number): boolean => {
  const slot = findSlot(user);
  if (slot < 0) {
    takeSlot(user, EXPLAINED);
    return true;
  }
  if (record.state[slot] === FAILED || record.state[slot] === EXPLAINED) return false;
  setState(slot, EXPLAINED);
  record.tried = Math.max(0, record.tried - 1);
  return true;
};

/** True when this user had failed here before. */
export const noteSuccess = (user: number): boolean => {
  const slot = findSlot(user);
  const wasFailed = slot >= 0 && record.state[slot] === FAILED;
  if (slot >= 0) record.state[slot] = EMPTY;
  if (wasFailed) record.failed = Math.max(0, record.failed - 1);
  record.successes = bump(record.successes);
  record.succeeded = bump(record.succeeded);
  return wasFailed;
};

/** Other users' failures that are at least so many seconds old: whoever mistyped has tried again by then. */
export const countSettled = (user: number, seconds: number): number => {
  let count = 0;
  for (const slot of $range(0, SLOTS - 1)) {
    if (record.state[slot] === FAILED && record.user[slot] !== user && ageOf(slot) >= seconds) count += 1;
  }
  return count;
};
