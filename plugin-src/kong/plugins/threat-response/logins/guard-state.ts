/**
 * When a login route is under attack, though no address and no user stands out: pure arithmetic over what all workers counted.
 *
 * Two tests. A CUSUM compares the share of logins that fail for good (a failure of a user unknown at that address, minus those that
 * succeed in the end) with what is usual on the route. And addresses at which a second user fails where none ever succeeded are counted:
 * mistyped passwords do not make them, whatever the usual share is. One burst alarms nobody: the excess has to last.
 */
export interface GuardState {
  /** The CUSUM, and for how many seconds it has been above its limit. */
  score: number;
  hot: number;
  /** Failures and addresses since the CUSUM left zero. */
  failures: number;
  addresses: number;
  /** Usual share of failures for good, and where it stood in the long run: nobody becomes usual by starting slowly. */
  usual: number;
  anchor: number;
  /** Logins and seconds it was learned from. */
  seen: number;
  age: number;
  /** Decayed sums: bad attempts and all attempts of some 20 s, addresses with a second failing user and logins of two minutes. */
  pressure: number;
  attempts: number;
  repeaters: number;
  logins: number;
  /** 0: nobody is stopped. 1: addresses and groups with a record are. 2: all strangers are asked to come again. */
  level: number;
  /** Epoch seconds of the alarm. */
  since: number;
  /** Seconds without pressure, and seconds for which the first level was not enough. */
  calm: number;
  lacking: number;
}

/** What happened since the last step. */
export interface LoginCounts {
  logins: number;
  /** Newly failed users at addresses, less those that succeeded after all. */
  failures: number;
  /** Addresses at which the first, and at which the second user failed. */
  addresses: number;
  repeaters: number;
  /** Attempts stopped by the guard. */
  stopped: number;
}

const { exp, log } = math;

const ALARM = 12;
const LASTING_S = 45;
const OVERWHELMING = 0.5;
const OVERWHELMING_S = 5;
const MIN_FAILURES = 20;
const MIN_ADDRESSES = 5;
const MIN_REPEATERS = 20;
const REPEATER_SHARE = 0.003;
const UNLEARNED = 1000;
const UNLEARNED_SHARE = 0.3;
const LEAST_SHARE = 0.005;
const MOST_SHARE = 0.4;
/** Less than this above the usual share may be a Monday. */
const LEAST_EXCESS = 0.06;
const PRIOR_SHARE = 0.02;
const PRIOR_LOGINS = 200;
const MEMORY_LOGINS = 20_000;
const MEMORY_S = 600;
const FIRST_LOOK_S = 1800;
const LONG_MEMORY_S = 86_400;
const LONG_MEMORY_IN_ALARM_S = 14_400;
const CALM_S = 60;
const CALM_PRESSURE = 1;
const LACKING_S = 90;
/** Strangers are worth stopping only while a good part of all attempts is bad. */
const LACKING_SHARE = 0.2;
const LONGEST_STEP_S = 10;

export const createGuardState = (): GuardState => ({
  score: 0,
  hot: 0,
  failures: 0,
  addresses: 0,
  usual: PRIOR_SHARE,
  anchor: PRIOR_SHARE,
  seen: 0,
  age: 0,
  pressure: 0,
  attempts: 0,
  repeaters: 0,
  logins: 0,
  level: 0,
  since: 0,
  calm: 0,
  lacking: 0,
});

/** The share of failures to reckon with: what is usual lately, unless it has crept up. */
const usualShare = (state: GuardState): number =>
  Math.min(MOST_SHARE, Math.max(LEAST_SHARE, Math.min(state.usual, 2 * state.anchor + 0.01)));

const attackShare = (usual: number): number => Math.max(3 * usual, usual + LEAST_EXCESS);

const accumulate = (state: GuardState, counts: LoginCounts, usual: number, elapsed: number): void => {
  const attack = attackShare(usual);
  const { logins, failures } = counts;
  const rise = failures * log(attack / usual) + (logins - failures) * log((1 - attack) / (1 - usual));
  state.score = Math.min(2 * ALARM, Math.max(0, state.score + rise));
  state.failures = state.score === 0 ? 0 : state.failures + failures;
  state.addresses = state.score === 0 ? 0 : state.addresses + counts.addresses;
  state.hot = state.score >= ALARM ? state.hot + elapsed : Math.max(0, state.hot - 2 * elapsed);
  const isBad = state.score >= ALARM && state.pressure >= LACKING_SHARE * state.attempts;
  state.lacking = state.level > 0 && isBad ? state.lacking + elapsed : 0;
};

const decay = (state: GuardState, counts: LoginCounts, elapsed: number): void => {
  const short = exp(-elapsed / 20);
  state.pressure = state.pressure * short + Math.max(0, counts.failures) + counts.stopped;
  state.attempts = state.attempts * short + counts.logins + counts.stopped;
  const long = exp(-elapsed / 120);
  state.repeaters = state.repeaters * long + counts.repeaters;
  state.logins = state.logins * long + counts.logins;
};

const longMemory = (state: GuardState, isCalm: boolean): number => {
  if (!isCalm) return LONG_MEMORY_IN_ALARM_S;
  return state.age < FIRST_LOOK_S ? state.age : LONG_MEMORY_S;
};

/** A plain mean at first, then one that forgets slowly; attacks are not learned, or only over hours. */
const learn = (state: GuardState, counts: LoginCounts, elapsed: number): void => {
  state.age += elapsed;
  if (counts.logins === 0) return;
  const isCalm = state.level === 0 && (state.score < ALARM / 2 || state.seen < UNLEARNED);
  const share = counts.failures / counts.logins;
  const byCount = counts.logins / (counts.logins + Math.min(MEMORY_LOGINS, state.seen + PRIOR_LOGINS));
  const byTime = elapsed / (isCalm ? MEMORY_S : LONG_MEMORY_IN_ALARM_S);
  const isYoung = isCalm && state.age < MEMORY_S;
  state.usual += (share - state.usual) * (isYoung ? byCount : Math.min(byCount, byTime));
  state.anchor += (state.usual - state.anchor) * Math.min(1, elapsed / longMemory(state, isCalm));
  if (isCalm) state.seen += counts.logins;
};

const failsTooOften = (state: GuardState): boolean => {
  const share = state.pressure / Math.max(1, state.attempts);
  if (state.failures < MIN_FAILURES || state.addresses < MIN_ADDRESSES) return false;
  if (state.seen < UNLEARNED && share < UNLEARNED_SHARE) return false;
  return state.hot >= (share >= OVERWHELMING ? OVERWHELMING_S : LASTING_S);
};

const hasRepeaters = (state: GuardState): boolean =>
  state.repeaters >= MIN_REPEATERS && state.repeaters >= REPEATER_SHARE * state.logins;

const rest = (state: GuardState): void => {
  state.level = 0;
  state.score = 0;
  state.hot = 0;
  state.repeaters = 0;
  state.calm = 0;
};

const watchOver = (state: GuardState, usual: number, elapsed: number): void => {
  const limit = (usual + attackShare(usual)) / 2;
  const isCalm = state.pressure < CALM_PRESSURE || state.pressure < limit * state.attempts;
  state.calm = isCalm ? state.calm + elapsed : 0;
  if (state.lacking >= LACKING_S) state.level = 2;
  if (state.calm >= CALM_S) rest(state);
};

/** `elapsed` seconds later. Changes and returns the state. */
export const stepGuard = (state: GuardState, counts: LoginCounts, now: number, elapsed: number): GuardState => {
  const seconds = Math.min(LONGEST_STEP_S, elapsed);
  const usual = usualShare(state);
  accumulate(state, counts, usual, seconds);
  decay(state, counts, seconds);
  learn(state, counts, seconds);
  if (state.level > 0) watchOver(state, usual, seconds);
  else if (failsTooOften(state) || hasRepeaters(state)) {
    state.level = 1;
    state.since = now;
    state.calm = 0;
  }
  return state;
};
