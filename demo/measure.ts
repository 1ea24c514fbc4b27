/** Figures of one attack, from what was sent and what came back, and from the agent's own records. */
import { type Entry, isHarmed, isStopped } from "./ledger.ts";

export interface Figures {
  sent: number;
  stopped: number;
  /** Share of the attack's last quarter that was stopped: what is left once the system has reacted. */
  stoppedAtTheEnd: number;
  /** Milliseconds from the first request of the attack; undefined where it never came to that. */
  firstStop: number | undefined;
  /** See `mitigatedAt`. */
  mitigated: number | undefined;
  legitimateSent: number;
  legitimateHarmed: number;
}

const MITIGATED_SHARE = 0.9;
const SLICE_MS = 2000;
const FEW = 10;

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

const bySending = (a: Entry, b: Entry) => a.sentAt - b.sentAt;

/**
 * From when on the attack was stopped: the earliest request such that from there to the end no two seconds went by in which less
 * than nine of ten were.
 */
export function mitigatedAt(entries: readonly Entry[]): number | undefined {
  const sorted = [...entries].sort(bySending);
  let found = sorted.length;
  let stopped = 0;
  let end = sorted.length;
  for (let start = sorted.length - 1; start >= 0; start -= 1) {
    stopped += isStopped(sorted[start]!) ? 1 : 0;
    while (sorted[end - 1]!.sentAt - sorted[start]!.sentAt >= SLICE_MS) {
      end -= 1;
      stopped -= isStopped(sorted[end]!) ? 1 : 0;
    }
    if (stopped / (end - start) < MITIGATED_SHARE) {
      // The last moments hold too few requests to judge by.
      if (end < sorted.length || sorted.length - start >= FEW) break;
      continue;
    }
    found = start;
  }
  return sorted.length - found < FEW ? undefined : sorted[found]!.sentAt;
}

export function measure(attack: readonly Entry[], legitimate: readonly Entry[], from: number, to: number): Figures {
  const sorted = [...attack].sort(bySending);
  const start = sorted[0]?.sentAt ?? from;
  const since = (at: number | undefined) => (at === undefined ? undefined : at - start);
  const last = sorted.slice(Math.floor(sorted.length * 0.75));
  const during = legitimate.filter((entry) => entry.sentAt >= from && entry.sentAt < to);
  return {
    sent: sorted.length,
    stopped: sorted.filter(isStopped).length,
    stoppedAtTheEnd: share(last.filter(isStopped).length, last.length),
    firstStop: since(sorted.find(isStopped)?.sentAt),
    mitigated: since(mitigatedAt(sorted)),
    legitimateSent: during.length,
    legitimateHarmed: during.filter(isHarmed).length,
  };
}
