import { countBits } from "./bits.ts";
import { counters } from "./counters.ts";
import { hashText } from "./distinct.ts";
import { createSequence, observeRate, observeShare, type Sequence } from "./error-sequence.ts";
import { cleanRps } from "./route-rate.ts";
import { addMember } from "./spread.ts";
import { addUp, grown } from "./worker-sums.ts";

/**
 * Counts errors by route and kind, over all workers, from the first of them on; who has none costs nothing. A worker watches what any of them has
 * begun to watch: on a quiet route each sees few of the errors itself.
 */
export type ErrorKind = "service" | "gateway" | "auth" | "no-route";

export interface Watch {
  route: string;
  kind: ErrorKind;
  sequence: Sequence;
  /** Of this worker since the last second. */
  errors: number;
  /** Sum of all workers as last read; negative before the first time. */
  seen: number;
  /** Whose errors they are, one bit for each address. */
  clients: number;
  lastAt: number;
  /** Errors and requests since the score left zero. */
  total: number;
  requests: number;
}

const MAX_WATCHES = 1000;
/** From when on it is an outage: a share, or a number a second. */
const OUTAGE: Record<ErrorKind, number> = { service: 0.3, gateway: 0.3, auth: 0.6, "no-route": 0.5 };
const LEAST_CLIENTS = 3;
/** Seconds within which those that other workers saw count. */
const CLIENTS_S = 120;
/** Where nearly nothing succeeds, one client is enough when it fails for so many seconds. */
const NEARLY_ALL = 0.95;
const SECONDS_OF_ONE = 5;

/** What any worker watches, a line each. */
const NAMES = "rE";
const KEEP_NAMES_S = 86_400;
const LONGEST_NAMES = 20_000;

let watches = new LuaTable<string, Watch>();
let size = 0;
let known = "";
let hasLooked = false;

const create = (route: string, kind: ErrorKind, seen: number): Watch => {
  if (size >= MAX_WATCHES) {
    watches = new LuaTable();
    size = 0;
  }
  const sequence = createSequence();
  const watch = { route, kind, sequence, errors: 0, seen, clients: 0, lastAt: 0, total: 0, requests: 0 };
  watches.set(`${kind}:${route}`, watch);
  size += 1;
  return watch;
};

const readNames = (): string => {
  const [names] = counters.get(NAMES);
  return (names as string | undefined) ?? "";
};

const tellOthers = (name: string): void => {
  const names = readNames();
  const [at] = string.find(`\n${names}`, `\n${name}\n`, 1, true);
  if (at === undefined && names.length < LONGEST_NAMES) counters.set(NAMES, `${names}${name}\n`, KEEP_NAMES_S);
};

/** What others have begun since the last look counts from their first error on; what was there before this worker, from now on. */
const followOthers = (): void => {
  const names = readNames();
  if (names !== known) {
    known = names;
    for (const [kind, route] of string.gmatch(names, "([^:\n]+):([^\n]*)\n")) {
      if (watches.get(`${kind}:${route}`) === undefined) create(route as string, kind as ErrorKind, hasLooked ? 0 : -1);
    }
  }
  hasLooked = true;
};

const find = (route: string, kind: ErrorKind): Watch => {
  const name = `${kind}:${route}`;
  const watch = watches.get(name);
  if (watch !== undefined) return watch;
  tellOthers(name);
  return create(route, kind, -1);
};

const isOfMany = (watch: Watch, address: string): boolean =>
  countBits(watch.clients) >= LEAST_CLIENTS ||
  addMember("E", CLIENTS_S, `${watch.kind}:${watch.route}`, address) >= LEAST_CLIENTS;

const isCommon = (watch: Watch, address: string): boolean =>
  isOfMany(watch, address) ||
  (watch.kind !== "no-route" &&
    watch.sequence.badSeconds >= SECONDS_OF_ONE &&
    watch.total >= NEARLY_ALL * watch.requests);

/** An error was answered; whether it is part of an outage. */
export const addError = (route: string, kind: ErrorKind, address: string, now: number): boolean => {
  const watch = find(route, kind);
  watch.errors += 1;
  watch.lastAt = now;
  watch.clients = watch.clients | (1 << (hashText(address) & 31));
  const isMuch = isCommon(watch, address);
  return watch.sequence.isAlarmed && isMuch;
};

/** Errors of all workers in the last second. Where others began earlier, what they had does not count twice. */
const takeErrors = (watch: Watch): number => {
  const sum = addUp(`re${watch.kind}:${watch.route}`, watch.errors);
  const errors = watch.seen < 0 ? watch.errors : grown(watch.seen, sum);
  watch.seen = sum;
  watch.errors = 0;
  return errors;
};

const judge = (watch: Watch, now: number): void => {
  const errors = takeErrors(watch);
  const requests = Math.max(errors, watch.kind === "no-route" ? 0 : cleanRps(watch.route));
  if (watch.sequence.score === 0 && !watch.sequence.isAlarmed) {
    watch.total = 0;
    watch.requests = 0;
    if (errors === 0) watch.clients = 0;
  }
  watch.total += errors;
  watch.requests += requests;
  if (watch.kind === "no-route") observeRate(watch.sequence, errors, OUTAGE[watch.kind], now);
  else observeShare(watch.sequence, errors, requests, OUTAGE[watch.kind], now);
};

/** Once a second. */
export const tickErrors = (now: number): void => {
  followOthers();
  if (size === 0) return;
  for (const [, watch] of watches) judge(watch, now);
};
