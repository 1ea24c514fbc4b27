import type { AnswerCount, AnswerSource } from "./contract/ingest.ts";
import { LATENCY_BUCKETS, MAX_ANSWERS } from "./contract/ingest.ts";
import type { Outcome } from "./outcome.ts";

/** How requests of one route were answered, and how long it took. */
export interface Answers {
  /** Counts by four times the status, plus the place of the source. */
  counts: LuaTable<number, number>;
  distinct: number;
  other: number;
  /** Proxied requests so far. */
  proxied: number;
  upstream: number[];
  total: number[];
}

const PLACES: Record<AnswerSource, number> = { service: 0, exit: 1, error: 2, own: 3 };
const SOURCES: AnswerSource[] = ["service", "exit", "error", "own"];
const MAX_DISTINCT = 100;
/** So many of a window are timed all, of the others each eighth counts for eight: nginx makes a text of each time. */
const TIMED = 64;
const SAMPLED = 8;
const PER_DOUBLING = 1 / math.log(2);
/** Doubles are not exact: 8 ms must not fall below 8. */
const TINY = 1e-9;
const { match } = string;

const createHistogram = (): number[] => {
  const histogram: number[] = [];
  for (const _ of $range(1, LATENCY_BUCKETS)) histogram.push(0);
  return histogram;
};

export const createAnswers = (): Answers => ({
  counts: new LuaTable(),
  distinct: 0,
  other: 0,
  proxied: 0,
  upstream: createHistogram(),
  total: createHistogram(),
});

/** Of a duration in milliseconds, from 0; see `contract/ingest.ts`. */
export const bucketOf = (ms: number): number => {
  if (ms < 1) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.floor(math.log(ms) * PER_DOUBLING + TINY) + 1);
};

const addTime = (histogram: number[], seconds: number, weight: number): void => {
  const bucket = bucketOf(seconds * 1000);
  histogram[bucket] = histogram[bucket] + weight;
};

/** Of several attempts, separated by commas, the last. */
const readSeconds = (text: string): number | undefined => tonumber(text) ?? tonumber(match(text, "([%d.]+)$")[0]);

const addLatency = (answers: Answers): void => {
  answers.proxied += 1;
  const isAll = answers.proxied <= TIMED;
  if (!isAll && answers.proxied % SAMPLED !== 0) return;
  const weight = isAll ? 1 : SAMPLED;
  addTime(answers.total, ngx.now() - ngx.req.start_time(), weight);
  const upstream = readSeconds(ngx.var.upstream_response_time ?? "");
  if (upstream !== undefined) addTime(answers.upstream, upstream, weight);
};

export const addAnswer = (answers: Answers, outcome: Outcome): void => {
  const { answeredBy } = outcome;
  const key = outcome.status * 4 + PLACES[outcome.isStopped ? "own" : answeredBy];
  const { counts } = answers;
  const known = counts.get(key);
  if (known !== undefined) counts.set(key, known + 1);
  else if (answers.distinct < MAX_DISTINCT) {
    counts.set(key, 1);
    answers.distinct += 1;
  } else answers.other += 1;
  if (answeredBy === "service") addLatency(answers);
};

const isMoreFrequent = (one: AnswerCount, other: AnswerCount): boolean => {
  if (one.count !== other.count) return one.count > other.count;
  return one.status < other.status;
};

/** Most frequent first; the rarest go into one. */
export const listAnswers = (answers: Answers): AnswerCount[] => {
  const all: AnswerCount[] = [];
  for (const [key, count] of answers.counts) all.push({ source: SOURCES[key % 4], status: Math.floor(key / 4), count });
  table.sort(all, isMoreFrequent);
  const listed: AnswerCount[] = [];
  let { other } = answers;
  for (const answer of all) {
    if (listed.length < MAX_ANSWERS) listed.push(answer);
    else other += answer.count;
  }
  if (other > 0) listed.push({ source: "other", status: 0, count: other });
  return listed;
};
