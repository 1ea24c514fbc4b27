import type { Instance } from "./configure.ts";
import type { Category } from "./contract/categories.ts";
import type { SubjectKind } from "./contract/ingest.ts";
import { counters } from "./counters.ts";
import type { Source } from "./features/source.ts";
import type { Finding } from "./score.ts";

/**
 * What an address has done lately: evidence of attacks against clean requests that succeeded. Both count in windows of `source.window_s`, of
 * which this one and the one before matter. An address that behaved well before is never blocked whole: others are behind it.
 */
const GOOD_ENOUGH = 5;
const REMEMBER_GOOD_S = 21_600;
const { floor } = math;

const windowKey = (letter: string, length: number, back: number, key: string): string =>
  `${letter}${floor(ngx.now() / length) - back}:${key}`;

const sum = (letter: string, length: number, key: string): number => {
  const [now] = counters.get(windowKey(letter, length, 0, key));
  const [before] = counters.get(windowKey(letter, length, 1, key));
  return ((now as number | undefined) ?? 0) + ((before as number | undefined) ?? 0);
};

/** Pieces of evidence against the address within the last one to two windows. */
export const countEvidence = (instance: Instance, key: string): number =>
  sum(`e${instance.namespace}`, instance.config.source.window_s, key);

/** Seconds since the address began to behave well; 0 where it never did for long. */
export const goodFor = (key: string): number => {
  const [since] = counters.get(`G${key}`);
  return since === undefined ? 0 : ngx.now() - (since as number);
};

let goodWindow = 0;
let goodLength = 0;
/** Of `windowKey` for the one key that each request needs: changes once a window only. */
let goodPrefix = "";

/** Good requests of addresses that are good enough already, which the dictionary gets together. */
const TOGETHER = 16;
const MOST_PENDING = 1000;
let pending = new LuaTable<string, number>();
let pendingSize = 0;

/** Brings the dictionary up to date: at least once a second. */
export const flushGood = (): void => {
  if (pendingSize === 0) return;
  for (const [key, count] of pending) {
    if (count > 0) counters.incr(goodPrefix + key, count, 0, goodLength * 2);
  }
  pending = new LuaTable();
  pendingSize = 0;
};

const beginWindow = (length: number): void => {
  const window = floor(ngx.now() / length);
  if (window === goodWindow && length === goodLength) return;
  flushGood();
  goodWindow = window;
  goodLength = length;
  goodPrefix = `g${window}:`;
};

const gatherFrom = (key: string): void => {
  if (pendingSize >= MOST_PENDING) flushGood();
  pendingSize += 1;
  pending.set(key, 0);
};

/** Clean requests of the address that succeeded within the last one to two windows. */
export const countGood = (instance: Instance, key: string): number =>
  sum("g", instance.config.source.window_s, key) + (pending.get(key) ?? 0);

/** Up to where the address is good enough each request is told at once. Who comes rarely, or just before the window changes, is as good. */
const countGoodAtOnce = (length: number, key: string): void => {
  const [count] = counters.incr(goodPrefix + key, 1, 0, length * 2);
  if (count === undefined) return;
  if (count > GOOD_ENOUGH) {
    gatherFrom(key);
    return;
  }
  const [before] = counters.get(windowKey("g", length, 1, key));
  const isNow = count + ((before as number | undefined) ?? 0) >= GOOD_ENOUGH;
  if (isNow) counters.add(`G${key}`, ngx.now(), REMEMBER_GOOD_S);
};

/** A clean request succeeded. */
export const addGood = (instance: Instance, { key }: Source): void => {
  const length = instance.config.source.window_s;
  beginWindow(length);
  const waiting = pending.get(key);
  if (waiting === undefined) countGoodAtOnce(length, key);
  else if (waiting < TOGETHER - 1) pending.set(key, waiting + 1);
  else {
    counters.incr(goodPrefix + key, TOGETHER, 0, length * 2);
    pending.set(key, 0);
  }
};

/** Pure: whether this much evidence, against this much good, blocks the whole address. */
export const isEnough = (
  limits: { min_evidence: number; min_share: number; window_s: number },
  evidence: number,
  good: number,
  goodSince: number,
): boolean =>
  evidence >= limits.min_evidence && goodSince <= limits.window_s && evidence / (evidence + good) >= limits.min_share;

/** While nobody is blocked, nobody's record has to be looked up: when the last block ends, as read at most this long ago. */
const LAST_BLOCK = "B";
const READ_AGE_S = 0.1;
let lastBlockEnds = 0;
let readAt = 0;

const isAnybodyBlocked = (): boolean => {
  const now = ngx.now();
  if (now - readAt > READ_AGE_S) {
    readAt = now;
    const [ends] = counters.get(LAST_BLOCK);
    lastBlockEnds = (ends as number | undefined) ?? 0;
  }
  return lastBlockEnds > now;
};

const noteBlock = (seconds: number): void => {
  const [ends] = counters.get(LAST_BLOCK);
  lastBlockEnds = Math.max((ends as number | undefined) ?? 0, ngx.now() + seconds);
  counters.set(LAST_BLOCK, lastBlockEnds, lastBlockEnds - ngx.now());
};

/** Who is turned away so often in so few seconds goes on as if nothing had happened: its block begins anew, until it has lasted so many times as long. */
const UNDETERRED = 50;
const UNDETERRED_S = 10;
const LONGEST = 4;

const prolong = (instance: Instance, key: string, since: number, incident: string): void => {
  const seconds = instance.config.source.block_s;
  if (ngx.now() - since > (LONGEST - 1) * seconds) return;
  const [turnedAway] = counters.incr(`t${key}`, 1, 0, UNDETERRED_S);
  if (turnedAway !== UNDETERRED) return;
  counters.set(key, `${since} ${incident}`, seconds);
  noteBlock(seconds);
};

/** A finding was evidence of an attack; true when that blocks the address from now on. */
export const addEvidence = (instance: Instance, source: Source, finding: Finding): boolean => {
  if (source.isExempt) return false;
  const limits = instance.config.source;
  // What is only tried out stops nothing, as in monitor mode.
  const namespace = finding.isTrial === true ? "M" : instance.namespace;
  const letter = `e${namespace}`;
  counters.incr(windowKey(letter, limits.window_s, 0, source.key), 1, 0, limits.window_s * 2);
  const evidence = sum(letter, limits.window_s, source.key);
  if (evidence < limits.min_evidence) return false;
  if (!isEnough(limits, evidence, countGood(instance, source.key), goodFor(source.key))) return false;
  // What follows still belongs to the incident it began with.
  const record = `${floor(ngx.now())} ${finding.category} ${finding.subject} ${finding.value}`;
  const [added] = counters.add(`b${namespace}${source.key}`, record, limits.block_s);
  if (added) noteBlock(limits.block_s);
  return added;
};

/** What the gateway itself has blocked the address for; nil when it has not. Asked for once in a request of the address. */
export const findRecord = (instance: Instance, source: Source): Finding | undefined => {
  if (!isAnybodyBlocked()) return undefined;
  const key = `b${instance.namespace}${source.key}`;
  const [record] = counters.get(key);
  if (record === undefined) return undefined;
  const [since, incident] = string.match(record as string, "^(%d+) (.*)$");
  const [category, subject, value] = string.match(incident as string, "^(%S+) (%S+) (.*)$");
  prolong(instance, key, tonumber(since) ?? 0, incident as string);
  return {
    category: category as Category,
    detector: "source",
    score: 100,
    action: "block",
    subject: subject as SubjectKind,
    value: value as string,
    isWeak: true,
    reason: "the address is blocked for a while after repeated evidence",
  };
};
