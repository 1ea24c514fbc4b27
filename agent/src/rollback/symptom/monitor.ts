import type { AnswerCount } from "../../../../contract/ingest.ts";
import type { Db } from "../../store/db.ts";
import { ANSWER_SLOT_MS, type AnswerSlot, trafficAnswers } from "../../store/traffic-answers.ts";
import { type Alarm, ErrorWatch } from "./watch-errors.ts";
import { LatencyWatch } from "./watch-latency.ts";

/** What a monitor that just started looks back at, to know what is usual. */
const LOOK_BACK_MS = 30 * 60_000;
const MAX_WATCHES = 5_000;

export type ErrorKind = "failed" | "refused";
export type AlarmKind = ErrorKind | "slow";

export interface RouteAlarm {
  route: string;
  /** failed: 500 and above. refused: 4xx that Kong itself gave. slow: it takes much longer than it did. */
  kind: AlarmKind;
  alarm: Alarm;
  baseline: number;
}

/** Everything that was answered, but for what this plugin ended: own responses are never evidence. */
export const countedOf = (answers: readonly AnswerCount[]): number =>
  answers.reduce((sum, { source, count }) => sum + (source === "own" ? 0 : count), 0);

export function errorsOf(answers: readonly AnswerCount[], kind: ErrorKind): number {
  const counts = ({ source, status }: AnswerCount) => {
    if (source === "own" || source === "other") return false;
    return kind === "failed" ? status >= 500 : status >= 400 && status < 500 && source !== "service";
  };
  return answers.reduce((sum, answer) => sum + (counts(answer) ? answer.count : 0), 0);
}

/** Watches all routes of a gateway. Kept in memory: a new one reads back what it needs. */
export class ErrorMonitor {
  readonly #watches = new Map<string, ErrorWatch>();
  readonly #latencies = new Map<string, LatencyWatch>();
  #until: number | null = null;

  /** Alarms of the slots that were completed since the last call, which takes `lag_ms` after their end; at most one for each route and kind. */
  async step(db: Db, gateway: string, now: number, lag_ms: number): Promise<RouteAlarm[]> {
    const until = Math.floor((now - lag_ms) / ANSWER_SLOT_MS) * ANSWER_SLOT_MS;
    const from = this.#until ?? until - LOOK_BACK_MS;
    if (until <= from) return [];
    const slots = await trafficAnswers(db, gateway, null, from, until);
    this.#until = until;
    return this.take(slots, until);
  }

  /** Slots in order, each once; alarms that still stand at `until`. Where requests fail, being slow is a part of that. */
  take(slots: readonly AnswerSlot[], until: number): RouteAlarm[] {
    const found = new Map<string, RouteAlarm>();
    const note = (alarm: RouteAlarm | null) => {
      if (alarm !== null && alarm.alarm.at > until - 2 * ANSWER_SLOT_MS)
        found.set(`${alarm.kind} ${alarm.route}`, alarm);
    };
    for (const slot of slots) {
      for (const kind of ["failed", "refused"] as const) note(this.#take(slot, kind));
      note(this.#takeLatency(slot));
    }
    const alarms = [...found.values()];
    const errors = alarms.filter(({ kind }) => kind !== "slow");
    return errors.length > 0 ? errors : alarms;
  }

  #takeLatency(slot: AnswerSlot): RouteAlarm | null {
    const known = this.#latencies.get(slot.route_id);
    if (known === undefined && this.#latencies.size >= MAX_WATCHES) return null;
    const watch = known ?? new LatencyWatch();
    this.#latencies.set(slot.route_id, watch);
    const alarm = watch.step(slot);
    return alarm === null ? null : { route: slot.route_id, kind: "slow", alarm, baseline: watch.baseline };
  }

  #take(slot: AnswerSlot, kind: ErrorKind): RouteAlarm | null {
    const watch = this.#watchOf(`${kind} ${slot.route_id}`);
    if (watch === null) return null;
    const requests = countedOf(slot.answers);
    if (requests === 0) return null;
    const alarm = watch.step({ at: slot.slot_start, requests, errors: errorsOf(slot.answers, kind) });
    return alarm === null ? null : { route: slot.route_id, kind, alarm, baseline: watch.baseline };
  }

  #watchOf(name: string): ErrorWatch | null {
    const known = this.#watches.get(name);
    if (known !== undefined) return known;
    if (this.#watches.size >= MAX_WATCHES) return null;
    const watch = new ErrorWatch();
    this.#watches.set(name, watch);
    return watch;
  }
}
