import { LATENCY_BUCKETS } from "../../../../contract/ingest.ts";
import { ANSWER_SLOT_MS, type AnswerSlot } from "../../store/traffic-answers.ts";
import { type Alarm, ErrorWatch } from "./watch-errors.ts";

/** What makes an alarm one of latency. */
export interface Slowness {
  /** Requests that took so long or longer are the alarm's errors. */
  over_ms: number;
  /** Where most of them spent their time: waiting for the service, or in Kong (which includes attempts before the last). */
  side: "service" | "gateway";
}

/** Slower than what nearly all requests took before, twofold at least, and slow enough for somebody to notice. */
const USUAL_SHARE = 0.95;
const LEAST_BUCKET = 8;
const HALF_LIFE_MS = 20 * 60_000;
const KEPT = 0.5 ** (ANSWER_SLOT_MS / HALF_LIFE_MS);
/** Before that nobody knows what is usual. */
const FEWEST = 100;
const WARM_UP_SLOTS = 60;
/** A slot with a larger share of slow requests teaches nothing. */
const ODD_SHARE = 0.1;
/** What has been slow for so long is usual by now. */
const ACCEPTED_AFTER_SLOTS = 360;
const SIDE_SLOTS = 12;
/** A minute of slowness goes by itself: a collection of garbage, a restart, a backup. */
const LASTS_MS = 75_000;
const FEWEST_SLOW = 5;

/**
 * One route. Whether it got slow is told as errors are: a request is slow beyond a bound that follows what was usual in the last
 * hour (so that days have their course), and slow requests are counted by the same test at any level of traffic.
 */
export class LatencyWatch {
  #watch = new ErrorWatch();
  #usual = zeros();
  #slots = 0;
  #odd = 0;
  /** Of the alarms that stand now. */
  #first: Alarm | null = null;
  #recent: { total: number; upstream: number }[] = [];

  step({ slot_start, total_ms, upstream_ms }: AnswerSlot): (Alarm & { slow: Slowness }) | null {
    const requests = sumFrom(total_ms, 0);
    if (requests === 0) return null;
    const bound = this.#bound();
    const errors = bound === null ? 0 : sumFrom(total_ms, bound);
    this.#learn(total_ms, errors / requests);
    if (bound === null) return null;
    this.#recent = [...this.#recent, { total: errors, upstream: sumFrom(upstream_ms, bound) }].slice(-SIDE_SLOTS);
    const alarm = this.#watch.step({ at: slot_start, requests, errors });
    this.#first = alarm === null ? null : (this.#first ?? alarm);
    if (alarm === null || this.#first === null || alarm.at < this.#first.onset + LASTS_MS) return null;
    if (this.#recent.reduce((sum, { total }) => sum + total, 0) < FEWEST_SLOW) return null;
    return { ...alarm, slow: { over_ms: 2 ** (bound - 1), side: this.#side() } };
  }

  get baseline(): number {
    return this.#watch.baseline;
  }

  /** First bucket of what is slow. */
  #bound(): number | null {
    if (this.#slots < WARM_UP_SLOTS || sumFrom(this.#usual, 0) < FEWEST) return null;
    const all = sumFrom(this.#usual, 0);
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS - 1 && sumFrom(this.#usual, bucket + 1) > (1 - USUAL_SHARE) * all) bucket++;
    return Math.min(LATENCY_BUCKETS - 1, Math.max(LEAST_BUCKET, bucket + 2));
  }

  #learn(total_ms: readonly number[], slowShare: number): void {
    this.#odd = slowShare >= ODD_SHARE ? this.#odd + 1 : Math.max(0, this.#odd - 2);
    if (this.#odd > ACCEPTED_AFTER_SLOTS) {
      this.#usual = zeros();
      this.#watch = new ErrorWatch();
      this.#slots = 0;
      this.#odd = 0;
    } else if (slowShare >= ODD_SHARE) return;
    this.#slots++;
    this.#usual = this.#usual.map((count, i) => count * KEPT + (total_ms[i] ?? 0));
  }

  #side(): Slowness["side"] {
    const sum = (name: "total" | "upstream") => this.#recent.reduce((all, slot) => all + slot[name], 0);
    return sum("upstream") >= sum("total") / 2 ? "service" : "gateway";
  }
}

const zeros = (): number[] => new Array<number>(LATENCY_BUCKETS).fill(0);

const sumFrom = (histogram: readonly number[], bucket: number): number =>
  histogram.slice(bucket).reduce((sum, count) => sum + count, 0);

/** Share of requests that took so long or longer. */
export function slowShare(total_ms: readonly number[], over_ms: number): number {
  return sumFrom(total_ms, Math.round(Math.log2(over_ms)) + 1) / Math.max(1, sumFrom(total_ms, 0));
}
