import type { Slowness } from "./watch-latency.ts";

/**
 * Says when a scope's errors are no noise any more, at any level of traffic. Two rules: an outage is nearly all errors for
 * longer than a restart takes; anything less is a capped CUSUM over minutes, in which one bad minute alone never counts.
 * Silence changes nothing: no traffic is neither an error nor recovery.
 */

/** What a scope answered in one slot of `SLOT_MS`. */
export interface Slot {
  /** Epoch milliseconds, the slot's begin. */
  at: number;
  requests: number;
  errors: number;
}

export interface Alarm {
  kind: "outage" | "elevated";
  /** Epoch milliseconds: the end of the slot that settled it. */
  at: number;
  /** Begin of the first slot that belongs to it. */
  onset: number;
  requests: number;
  errors: number;
  /** Share of errors that was usual before. */
  baseline: number;
  /** Of an alarm that is about latency: its errors are slow requests. */
  slow?: Slowness;
}

export const SLOT_MS = 5_000;
const MINUTE_MS = 60_000;
/** Looked back at for when it began. */
const ONSET_SLOTS = 60;
const OUTAGE_SLOTS = 5;
const OUTAGE_SHARE = 0.9;
const OUTAGE_ERRORS = 10;
/** 15 s, and what a slot's share of errors can be wrong by. */
const LONGEST_RESTART_MS = 16_500;
const ALARM = 8;
/** Of one minute, so that none can alarm alone. */
const CAP = 6;
const MINUTES = 5;
const ELEVATED_MINUTES = 3;
/** One error in a minute with more requests than this says nothing. */
const FEW_REQUESTS = 8;
const FEWEST_ERRORS = 2;
const LEAST_BASELINE = 0.01;
const LEARN = 0.02;

interface Minute {
  at: number;
  requests: number;
  errors: number;
}

/** One scope. Slots come in order, each once; slots without traffic need not come. */
export class ErrorWatch {
  #baseline = 0;
  #score = 0;
  #minute: Minute | null = null;
  #past: boolean[] = [];
  #slots: Slot[] = [];
  #history: Slot[] = [];

  /** Share of errors that is usual here. */
  get baseline(): number {
    return Math.max(this.#baseline, LEAST_BASELINE);
  }

  /** Null while there is nothing to say. It says so with every slot until errors fall. */
  step(slot: Slot): Alarm | null {
    this.#take(slot);
    this.#history = [...this.#history, slot].slice(-ONSET_SLOTS);
    this.#slots = [...this.#slots, slot].filter(({ at }) => at > slot.at - OUTAGE_SLOTS * SLOT_MS);
    return this.#outage(slot) ?? this.#elevated(slot);
  }

  /** The time with errors, by their share in each slot, is longer than a restart takes, and there is no end yet. */
  #outage(slot: Slot): Alarm | null {
    const slots = this.#slots.filter(({ errors }) => errors > 0);
    const [newest, second] = [...slots].reverse();
    if (
      newest !== slot ||
      second === undefined ||
      [newest, second].some(({ requests, errors }) => errors < OUTAGE_SHARE * requests)
    )
      return null;
    const lasted = slots.reduce((total, { requests, errors }) => total + (SLOT_MS * errors) / requests, 0);
    const errors = sum(slots, "errors");
    if (lasted <= LONGEST_RESTART_MS || errors < OUTAGE_ERRORS) return null;
    return {
      kind: "outage",
      at: slot.at + SLOT_MS,
      onset: onsetOf(this.#history, this.baseline),
      requests: sum(slots, "requests"),
      errors,
      baseline: this.baseline,
    };
  }

  #elevated(slot: Slot): Alarm | null {
    const minute = this.#minute;
    if (minute === null) return null;
    const score = Math.max(0, this.#score + this.#increment(minute));
    const flags = [...this.#past, this.#isElevated(minute)].slice(-MINUTES);
    if (score < ALARM || flags.filter(Boolean).length < ELEVATED_MINUTES) return null;
    return {
      kind: "elevated",
      at: slot.at + SLOT_MS,
      onset: onsetOf(this.#history, this.baseline),
      requests: minute.requests,
      errors: minute.errors,
      baseline: this.baseline,
    };
  }

  #take(slot: Slot): void {
    const at = Math.floor(slot.at / MINUTE_MS) * MINUTE_MS;
    if (this.#minute !== null && this.#minute.at !== at) this.#close(this.#minute);
    this.#minute ??= { at, requests: 0, errors: 0 };
    this.#minute.requests += slot.requests;
    this.#minute.errors += slot.errors;
  }

  #close(minute: Minute): void {
    this.#minute = null;
    if (minute.requests === 0) return;
    const elevated = this.#isElevated(minute);
    this.#score = Math.max(0, this.#score + this.#increment(minute));
    this.#past = [...this.#past, elevated].slice(1 - MINUTES);
    // What is wrong now must not become what is usual.
    if (!elevated) this.#baseline += LEARN * (minute.errors / minute.requests - this.#baseline);
  }

  #isElevated({ requests, errors }: Minute): boolean {
    const isFew = errors < FEWEST_ERRORS && requests > FEW_REQUESTS;
    return errors > 0 && !isFew && errors >= (requests * this.#raised) / 2;
  }

  get #raised(): number {
    return Math.min(0.9, Math.max(0.1, 5 * this.baseline));
  }

  #increment({ requests, errors }: Minute): number {
    const usual = Math.min(this.baseline, this.#raised / 1.5);
    const evidence = errors * Math.log(this.#raised / usual);
    const against = (requests - errors) * Math.log((1 - this.#raised) / (1 - usual));
    return Math.min(CAP, evidence + against);
  }
}

/** When it most likely began: errors of before, of which there always are a few, do not belong to it. */
function onsetOf(slots: readonly Slot[], baseline: number): number {
  const newest = slots.slice(-12);
  const now = Math.min(0.95, Math.max(0.1, sum(newest, "errors") / Math.max(1, sum(newest, "requests"))));
  const before = Math.min(baseline, now / 2);
  let total = 0;
  let best = Number.NEGATIVE_INFINITY;
  let onset = slots.at(-1)?.at ?? 0;
  for (const { at, requests, errors } of [...slots].reverse()) {
    total += errors * Math.log(now / before) + (requests - errors) * Math.log((1 - now) / (1 - before));
    if (errors === 0 || total < best) continue;
    best = total;
    onset = at;
  }
  return onset;
}

const sum = (slots: readonly Slot[], name: "requests" | "errors") =>
  slots.reduce((total, slot) => total + slot[name], 0);

const Z = 1.96;

/** Upper end of Wilson's interval for the share of errors (95 %); 1 without any request. */
export function upperBound(errors: number, requests: number): number {
  if (requests === 0) return 1;
  const share = errors / requests;
  const centre = share + (Z * Z) / (2 * requests);
  const spread = Z * Math.sqrt((share * (1 - share)) / requests + (Z * Z) / (4 * requests * requests));
  return Math.min(1, (centre + spread) / (1 + (Z * Z) / requests));
}

const RECOVERY_SHARE = 0.05;
/** What the share of few requests may be wrong by: without any error, 22 of them are enough. */
const UNCERTAINTY = 0.1;

/** The last windows in a row, at least two and so many that there is traffic enough to tell. */
export function hasRecovered(windows: readonly Slot[], baseline: number): boolean {
  const last: Slot[] = [];
  for (const window of [...windows].reverse()) {
    if (last.length >= 2 && upperBound(0, sum(last, "requests")) < RECOVERY_SHARE + UNCERTAINTY) break;
    if (window.requests > 0) last.push(window);
  }
  if (last.length < 2) return false;
  const limit = Math.max(2 * baseline, RECOVERY_SHARE);
  return (
    upperBound(sum(last, "errors"), sum(last, "requests")) < limit + UNCERTAINTY &&
    last.every(({ requests, errors }) => errors <= limit * requests)
  );
}
