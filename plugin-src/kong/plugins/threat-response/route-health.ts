/**
 * How a route's answers are lately, in this worker: whether they take longer than they usually do, fail, or stop coming. Told once a second.
 */
export interface RouteHealth {
  /** Since the last second: answers of the service or in place of it, those that failed, and the seconds they took. */
  answers: number;
  failures: number;
  seconds: number;
  arrivals: number;
  /** Usual seconds for one, over some minutes; and from how many seconds that was learned. */
  usual: number;
  learned: number;
  isHurt: boolean;
}

const MEMORY_S = 300;
const WARM_UP_S = 20;
const SLOWER = 2;
/** Seconds that make no difference to anybody. */
const LITTLE_S = 0.05;
const FAILING = 0.2;
const LEAST = 5;

export const createHealth = (): RouteHealth => ({
  answers: 0,
  failures: 0,
  seconds: 0,
  arrivals: 0,
  usual: 0,
  learned: 0,
  isHurt: true,
});

/** An answer was given to a request that the plugin let pass. */
export const addAnswer = (health: RouteHealth, seconds: number, isFailure: boolean): void => {
  health.answers += 1;
  health.seconds += seconds;
  if (isFailure) health.failures += 1;
};

const isBad = (health: RouteHealth): boolean => {
  const { answers, failures, seconds, arrivals, usual, learned } = health;
  if (learned < WARM_UP_S) return true;
  if (answers === 0) return arrivals >= LEAST || health.isHurt;
  return (failures >= LEAST && failures > FAILING * answers) || seconds / answers > SLOWER * usual + LITTLE_S;
};

/** Once a second. What is unusual is not learned, unless everything was quiet about it. */
export const judgeHealth = (health: RouteHealth, isCalm: boolean): void => {
  health.isHurt = isBad(health);
  if (health.answers > 0 && isCalm) {
    health.learned += 1;
    const mean = health.seconds / health.answers;
    health.usual += (mean - health.usual) / Math.min(MEMORY_S, health.learned);
  }
  health.answers = 0;
  health.failures = 0;
  health.seconds = 0;
  health.arrivals = 0;
};
