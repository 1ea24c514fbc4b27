/**
 * Tells a lasting outage from single errors, at any level of traffic: a sequential test (CUSUM) that gains with each error and loses with each
 * success, or with each second where nothing succeeds. Pure but for the record it keeps.
 */
export interface Sequence {
  /** How much more likely an outage is than the usual errors, as a logarithm. */
  score: number;
  /** When the score left zero. */
  since: number;
  /** Seconds with many errors since then. */
  badSeconds: number;
  /** The usual share of errors, or errors a second. */
  usual: number;
  /** Seconds it was learned from. */
  seconds: number;
  isAlarmed: boolean;
  /** Seconds without many errors, in a row. */
  calm: number;
}

/** One in a hundred thousand by chance. */
const ENOUGH = 12;
const MOST = 24;
/** A restart, or a deploy, is over by then. */
const LASTING_S = 10;
const LEAST_BAD_SECONDS = 3;
const CALM_S = 10;
const LEARNED_FROM_S = 600;
/** An outage that lasts for hours is what is usual, in the end. */
const LEARNED_IN_ALARM_S = 7200;
const LEAST_SHARE = 0.005;
const MOST_USUAL_SHARE = 0.2;
const LEAST_RATE = 0.05;
const { log } = math;

export const createSequence = (): Sequence => ({
  score: 0,
  since: 0,
  badSeconds: 0,
  usual: 0,
  seconds: 0,
  isAlarmed: false,
  calm: 0,
});

const learn = (sequence: Sequence, value: number): void => {
  sequence.seconds += 1;
  const memory = sequence.isAlarmed ? LEARNED_IN_ALARM_S : LEARNED_FROM_S;
  if (sequence.isAlarmed || sequence.score < ENOUGH) sequence.usual += (value - sequence.usual) / memory;
};

const conclude = (sequence: Sequence, gain: number, isBad: boolean, now: number): void => {
  if (sequence.score === 0) {
    sequence.since = now;
    sequence.badSeconds = 0;
  }
  sequence.score = Math.min(MOST, Math.max(0, sequence.score + gain));
  if (isBad) sequence.badSeconds += 1;
  sequence.calm = isBad ? 0 : sequence.calm + 1;
  const isLasting = now - sequence.since >= LASTING_S && sequence.badSeconds >= LEAST_BAD_SECONDS;
  if (isBad && isLasting && sequence.score >= ENOUGH) sequence.isAlarmed = true;
  else if (sequence.calm >= CALM_S) sequence.isAlarmed = false;
};

/** One second with so many errors among so many requests. `outage` is the least share of errors that is one. Seconds without requests say nothing. */
export const observeShare = (
  sequence: Sequence,
  errors: number,
  requests: number,
  outage: number,
  now: number,
): void => {
  const total = Math.max(errors, requests);
  if (total === 0) {
    sequence.calm += sequence.score === 0 ? 1 : 0;
    return;
  }
  const usual = Math.min(MOST_USUAL_SHARE, Math.max(LEAST_SHARE, sequence.usual));
  const bad = Math.min(0.95, Math.max(outage, 4 * usual));
  const gain = errors * log(bad / usual) + (total - errors) * log((1 - bad) / (1 - usual));
  conclude(sequence, gain, errors / total >= bad / 2, now);
  learn(sequence, errors / total);
};

/** The same where only errors are known: so many in one second. `outage` is the least number a second that is one. */
export const observeRate = (sequence: Sequence, errors: number, outage: number, now: number): void => {
  const usual = Math.max(LEAST_RATE, sequence.usual);
  const bad = Math.max(outage, 4 * usual);
  conclude(sequence, errors * log(bad / usual) - (bad - usual), errors > 0, now);
  learn(sequence, errors);
};
