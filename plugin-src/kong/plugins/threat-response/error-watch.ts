import { hashText } from "./distinct.ts";
import { createSequence, observeRate, observeShare, type Sequence } from "./error-sequence.ts";
import { cleanRps } from "./route-rate.ts";
import { addUp, grown } from "./worker-sums.ts";

/** Counts errors by route and kind, over all workers, from the first of them on; who has none costs nothing. */
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
/** Where nearly nothing succeeds, one client is enough when it fails for so many seconds. */
const NEARLY_ALL = 0.95;
const SECONDS_OF_ONE = 5;

let watches = new LuaTable<string, Watch>();
let size = 0;

const find = (route: string, kind: ErrorKind): Watch => {
  const key = `${kind}:${route}`;
  const known = watches.get(key);
  if (known !== undefined) return known;
  if (size >= MAX_WATCHES) {
    watches = new LuaTable();
    size = 0;
  }
  const sequence = createSequence();
  const watch = { route, kind, sequence, errors: 0, seen: -1, clients: 0, lastAt: 0, total: 0, requests: 0 };
  watches.set(key, watch);
  size += 1;
  return watch;
};

const countClients = (bits: number): number => {
  let rest = bits;
  let count = 0;
  while (rest !== 0) {
    rest = rest & (rest - 1);
    count += 1;
  }
  return count;
};

const isCommon = (watch: Watch): boolean =>
  countClients(watch.clients) >= LEAST_CLIENTS ||
  (watch.kind !== "no-route" &&
    watch.sequence.badSeconds >= SECONDS_OF_ONE &&
    watch.total >= NEARLY_ALL * watch.requests);

/** An error was answered; whether it is part of an outage. */
export const addError = (route: string, kind: ErrorKind, address: string, now: number): boolean => {
  const watch = find(route, kind);
  watch.errors += 1;
  watch.lastAt = now;
  watch.clients = watch.clients | (1 << (hashText(address) & 31));
  return watch.sequence.isAlarmed && isCommon(watch);
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
  if (size === 0) return;
  for (const [, watch] of watches) judge(watch, now);
};
