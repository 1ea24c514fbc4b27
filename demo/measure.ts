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
  const lastSlice = (sorted.at(-1)?.sentAt ?? 0) - SLICE_MS;
  let found: number | undefined;
  let stopped = 0;
  let end = sorted.length;
  for (let start = sorted.length - 1; start >= 0; start -= 1) {
    const { sentAt } = sorted[start]!;
    stopped += isStopped(sorted[start]!) ? 1 : 0;
    for (; sorted[end - 1]!.sentAt - sentAt >= SLICE_MS; end -= 1) stopped -= isStopped(sorted[end - 1]!) ? 1 : 0;
    // The last two seconds are judged as a whole: a moment of them holds too few requests.
    const next = sorted[start - 1];
    if (next && next.sentAt >= lastSlice) continue;
    if (stopped / (end - start) < MITIGATED_SHARE) break;
    found = sentAt;
  }
  return found;
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
