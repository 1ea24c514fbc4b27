import * as ffi from "ffi";
import { HOURS_OF_DAY, type LearnedBaseline, MIN_BASELINE_S } from "./contract/learning.ts";

/**
 * What a route or a service usually gets, in requests a second, and how that depends on the hour of the day (UTC). A slow attacker must not
 * become the baseline: only requests without any suspicion are learned from, what is learned at once is bounded by what was usual over hours
 * or at this hour on other days, and that may grow by a half a day at most.
 */
export type Baseline = ffi.CData;

const SIZE = 64;
const BYTES = SIZE * 8;
/** Places in the array. */
const VERSION = 0;
/** Over the last ten minutes. */
const LEVEL = 1;
/** Over the last six hours; a plain mean before. */
const LONG = 2;
const SECONDS = 3;
/** Over the last ten seconds. */
const RECENT = 4;
/** The highest that went well; forgotten over days. */
const PEAK = 5;
const HOUR = 6;
const HOUR_SUM = 7;
const HOUR_SECONDS = 8;
const MEANS = 16;
const DAYS = 40;

const FORMAT = 1;
const WARM_UP_S = 10;
const LEVEL_MEMORY_S = 600;
const LONG_MEMORY_S = 21_600;
const RECENT_MEMORY_S = 10;
const PEAK_MEMORY_S = 259_200;
const HOUR_S = 3600;
/** An hour of which less was seen, or that was mostly a flood, teaches nothing. */
const LEAST_OF_HOUR_S = 600;
const GROWTH_PER_DAY = 1.5;
const SHRINK_PER_DAY = 0.5;
const DAY_WEIGHT = 0.4;
/** How far today may lead away from what is known before it counts as unusual. */
const LEAD = 2;
/** Requests a second that are too few to bound anything. */
const LITTLE = 1;
/** What is known grows by three tenths an hour at most, once it was learned from ten minutes. */
const SETTLED_S = 600;
const GROWTH_PER_SECOND = math.log(1.3) / HOUR_S;
/** What went well in a peak counts up to this many times what is usual. */
const MOST_PEAK = 4;
/** Room above what was usual and above what went well, in a flood. */
const HEADROOM = 1.3;

export const createBaseline = (): Baseline => {
  const baseline = ffi.new("double[64]");
  baseline[VERSION] = FORMAT;
  return baseline;
};

export const packBaseline = (baseline: Baseline): string => ffi.string(baseline, BYTES);

/** Nothing where the text is of another version. */
export const unpackBaseline = (packed: string | undefined): Baseline => {
  const baseline = createBaseline();
  if (packed === undefined || packed.length !== BYTES) return baseline;
  ffi.copy(baseline, packed, BYTES);
  return baseline[VERSION] === FORMAT ? baseline : createBaseline();
};

/** What other days had at this time: between the middles of two hours in proportion; nil where no day was seen. */
export const seasonAt = (baseline: Baseline, now: number): number | undefined => {
  const middle = now / HOUR_S - 0.5;
  const hour = math.floor(middle) % 24;
  const next = (hour + 1) % 24;
  const isKnown = baseline[DAYS + hour] > 0;
  const isNextKnown = baseline[DAYS + next] > 0;
  if (!isKnown) return isNextKnown && middle % 1 >= 0.5 ? baseline[MEANS + next] : undefined;
  if (!isNextKnown) return middle % 1 < 0.5 ? baseline[MEANS + hour] : undefined;
  const share = middle % 1;
  return baseline[MEANS + hour] * (1 - share) + baseline[MEANS + next] * share;
};

/** What is known of other hours and days. */
export const knownRate = (baseline: Baseline, now: number): number =>
  Math.max(seasonAt(baseline, now) ?? baseline[LONG], LITTLE);

/** What is usual now; nil while too little is known. */
export const usualRate = (baseline: Baseline, now: number): number | undefined => {
  if (baseline[SECONDS] < WARM_UP_S) return undefined;
  const known = knownRate(baseline, now);
  return Math.min(Math.max(baseline[LEVEL], known), LEAD * known);
};

/** The rate from which it is a flood; nil while too little is known. */
export const limitFor = (baseline: Baseline, now: number, factor: number, least: number): number | undefined => {
  const usual = usualRate(baseline, now);
  return usual === undefined ? undefined : Math.max(least, usual * factor);
};

/** What may pass during a flood: what is usual and what has gone well before, with some room. */
export const capacityFor = (baseline: Baseline, now: number, limit: number): number =>
  Math.min(
    limit,
    HEADROOM * Math.max(usualRate(baseline, now) ?? 0, Math.min(baseline[PEAK], MOST_PEAK * knownRate(baseline, now))),
  );

const round = (value: number): number => math.floor(value * 1000 + 0.5) / 1000;

/** For others; nil while too little is known. */
export const describeBaseline = (baseline: Baseline, name: string): LearnedBaseline | undefined => {
  if (baseline[SECONDS] < MIN_BASELINE_S) return undefined;
  const rates: number[] = [];
  const days: number[] = [];
  for (const hour of $range(0, HOURS_OF_DAY - 1)) {
    rates.push(round(baseline[MEANS + hour]));
    days.push(baseline[DAYS + hour]);
  }
  const seconds = baseline[SECONDS];
  return { name, seconds, usual: round(baseline[LONG]), peak: round(baseline[PEAK]), rates, days };
};

/** What others have learned, as a baseline. One that is not fresh says nothing about how much there is right now. */
export const composeBaseline = (learned: LearnedBaseline, isFresh: boolean): Baseline => {
  const baseline = createBaseline();
  for (const hour of $range(0, HOURS_OF_DAY - 1)) {
    baseline[MEANS + hour] = learned.rates[hour];
    baseline[DAYS + hour] = learned.days[hour];
  }
  if (!isFresh) return baseline;
  baseline[SECONDS] = learned.seconds;
  baseline[LONG] = learned.usual;
  baseline[PEAK] = learned.peak;
  return baseline;
};

/** Whether there is anything that others could tell it. */
export const isComplete = (baseline: Baseline): boolean => {
  for (const hour of $range(0, HOURS_OF_DAY - 1)) {
    if (baseline[DAYS + hour] === 0) return false;
  }
  return baseline[SECONDS] >= SETTLED_S;
};

/** Takes over what is not known here yet: hours that were not seen, and what is usual while it was learned from little. */
export const adoptBaseline = (baseline: Baseline, others: Baseline): void => {
  for (const hour of $range(0, HOURS_OF_DAY - 1)) {
    if (baseline[DAYS + hour] === 0) {
      baseline[MEANS + hour] = others[MEANS + hour];
      baseline[DAYS + hour] = others[DAYS + hour];
    }
  }
  if (baseline[SECONDS] >= SETTLED_S || others[SECONDS] < SETTLED_S) return;
  baseline[SECONDS] = others[SECONDS];
  baseline[LONG] = others[LONG];
  baseline[PEAK] = Math.max(baseline[PEAK], others[PEAK]);
};

const closeHour = (baseline: Baseline): void => {
  const hour = baseline[HOUR];
  const mean = baseline[HOUR_SUM] / Math.max(1, baseline[HOUR_SECONDS]);
  if (baseline[HOUR_SECONDS] >= LEAST_OF_HOUR_S) {
    const known = baseline[MEANS + hour];
    const learned = known + (mean - known) * DAY_WEIGHT;
    const most = Math.max(LITTLE, known) * GROWTH_PER_DAY;
    const bounded = Math.min(Math.max(learned, known * SHRINK_PER_DAY), most);
    baseline[MEANS + hour] = baseline[DAYS + hour] === 0 ? mean : bounded;
    baseline[DAYS + hour] = baseline[DAYS + hour] + 1;
  }
  baseline[HOUR_SUM] = 0;
  baseline[HOUR_SECONDS] = 0;
};

const approach = (baseline: Baseline, place: number, value: number, memory: number): void => {
  baseline[place] = baseline[place] + (value - baseline[place]) / Math.min(memory, baseline[SECONDS]);
};

const learnPeak = (baseline: Baseline): void => {
  const recent = baseline[RECENT];
  const peak = baseline[PEAK];
  const isHigher = recent > peak && baseline[SECONDS] > RECENT_MEMORY_S;
  baseline[PEAK] = isHigher ? peak + (recent - peak) / RECENT_MEMORY_S : peak * (1 - 1 / PEAK_MEMORY_S);
};

/** One more second with so many requests beyond suspicion. A flood teaches nothing, however long it lasts. */
export const learnSecond = (baseline: Baseline, rps: number, now: number, isFlooded: boolean): void => {
  const hour = math.floor(now / HOUR_S) % 24;
  if (hour !== baseline[HOUR]) {
    closeHour(baseline);
    baseline[HOUR] = hour;
  }
  if (isFlooded) return;
  baseline[SECONDS] = baseline[SECONDS] + 1;
  const season = seasonAt(baseline, now);
  const bounded = season === undefined ? rps : Math.min(rps, 4 * LEAD * Math.max(season, LITTLE));
  approach(baseline, LEVEL, bounded, LEVEL_MEMORY_S);
  const long = baseline[LONG];
  approach(baseline, LONG, bounded, LONG_MEMORY_S);
  if (baseline[SECONDS] > SETTLED_S)
    baseline[LONG] = Math.min(baseline[LONG], long + Math.max(long, LITTLE) * GROWTH_PER_SECOND);
  approach(baseline, RECENT, rps, RECENT_MEMORY_S);
  learnPeak(baseline);
  baseline[HOUR_SUM] = baseline[HOUR_SUM] + bounded;
  baseline[HOUR_SECONDS] = baseline[HOUR_SECONDS] + 1;
};
