import type { Instance } from "../configure.ts";
import { DAY_S } from "../contract/learning.ts";
import { counters } from "../counters.ts";
import { countEvidence, countGood, goodFor } from "../evidence.ts";
import { hashUser } from "../features/identity.ts";
import type { Source } from "../features/source.ts";
import type { Outcome } from "../outcome.ts";

/**
 * Who may teach the gateway what is usual: an authenticated consumer whose request was answered well, or an address with a long good history. An
 * attacker who begins slowly is neither, and whoever has sent a known attack or mostly evidence does not count for a day.
 */
export interface Voter {
  name: string;
  network: string;
  isConsumer: boolean;
}

const LONG_GOOD_S = 3600;
const LEAST_GOOD = 5;
const FEW = 2;
const GOOD_PER_EVIDENCE = 10;
const { format, gsub, sub } = string;

/** Where the answer itself says that the request was fine. */
const isAnsweredWell = (outcome: Outcome): boolean =>
  !outcome.isStopped && outcome.status < 400 && outcome.answeredBy === "service";

const consumerId = (): string | undefined => {
  const consumer = kong.client.get_consumer();
  return consumer?.id;
};

/** Whom a request speaks for before anything is known of them: the consumer, else the address. */
export const speakerOf = (source: Source): string => {
  const id = consumerId();
  return id === undefined ? `a${source.key}` : `c${id}`;
};

/** Until when the history of an address cannot be long, whatever it does: that is so of most, and asked at each of their requests. */
const MOST_NEW = 2000;
let newUntil = new LuaTable<string, number>();
let newCount = 0;

const noteNew = (key: string, until: number): void => {
  if (newCount >= MOST_NEW) {
    newUntil = new LuaTable();
    newCount = 0;
  }
  if (newUntil.get(key) === undefined) newCount += 1;
  newUntil.set(key, until);
};

const isNew = (source: Source): boolean => {
  if (source.isExempt) return true;
  const until = newUntil.get(source.key);
  return until !== undefined && ngx.now() < until;
};

const hasLongHistory = (instance: Instance, source: Source): boolean => {
  if (source.isExempt) return false;
  const seconds = goodFor(source.key);
  if (seconds < LONG_GOOD_S) noteNew(source.key, ngx.now() + LONG_GOOD_S - seconds);
  return seconds >= LONG_GOOD_S && countGood(instance, source.key) >= LEAST_GOOD;
};

/** Known without looking anything up: the request is no consumer's, and its address has not been here for long. */
export const cannotTeach = (source: Source): boolean => isNew(source) && consumerId() === undefined;

/** A false positive counts as evidence, too: a few pieces among much good traffic are no reproach. */
const isReproached = (instance: Instance, source: Source, speaker: string): boolean => {
  const [banned] = counters.get(`lx${speaker}`);
  if (banned !== undefined) return true;
  const evidence = countEvidence(instance, source.key);
  return evidence > FEW && evidence * GOOD_PER_EVIDENCE > countGood(instance, source.key);
};

/** Whoever sent a known attack teaches nothing for a day. */
export const rejectSpeaker = (source: Source): void => {
  counters.set(`lx${speakerOf(source)}`, true, DAY_S);
};

/** Whether this request may be counted as a usual one. */
export const mayTeach = (instance: Instance, outcome: Outcome, speaker: string): boolean => {
  if (!isAnsweredWell(outcome)) return false;
  if (sub(speaker, 1, 1) === "a" && !hasLongHistory(instance, outcome.source)) return false;
  return !isReproached(instance, outcome.source, speaker);
};

const networkOf = (binary: string): string => {
  const [hex] = gsub(sub(binary, 1, binary.length === 16 ? 6 : 3), ".", (byte) => format("%02x", string.byte(byte)));
  return hex;
};

export const voterOf = (instance: Instance, source: Source, speaker: string): Voter => ({
  name: hashUser(instance, `voter ${sub(speaker, 1, 1) === "c" ? speaker : source.ip}`),
  network: sub(hashUser(instance, `network ${networkOf(source.binary)}`), 1, 8),
  isConsumer: sub(speaker, 1, 1) === "c",
});
