/** Figures of one attack, from what was sent and what came back, and from the agent's own records. */
import { type Entry, isHarmed, isStopped } from "./ledger.ts";

export interface Figures {
  sent: number;
  stopped: number;
  /** Share of the attack's last quarter that was stopped: what is left once the system has reacted. */
  stoppedAtTheEnd: number;
  /** Milliseconds from the first request of the attack; undefined where it never came to that. */
  firstStop: number | undefined;
  /** From then on at least 95 of 100 requests were stopped. */
  mitigated: number | undefined;
  legitimateSent: number;
  legitimateHarmed: number;
}

const MITIGATED_SHARE = 0.95;

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

const bySending = (a: Entry, b: Entry) => a.sentAt - b.sentAt;

/** The earliest request from which on the wanted share was stopped; the rest has to be more than a handful. */
export function mitigatedAt(entries: readonly Entry[], least = 20): number | undefined {
  let stopped = 0;
  let found: number | undefined;
  const sorted = [...entries].sort(bySending).reverse();
  for (const [index, entry] of sorted.entries()) {
    if (isStopped(entry)) stopped += 1;
    if (index + 1 >= least && stopped / (index + 1) >= MITIGATED_SHARE) found = entry.sentAt;
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
