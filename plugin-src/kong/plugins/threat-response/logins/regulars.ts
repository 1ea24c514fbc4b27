import * as ffi from "ffi";
import { counters } from "../counters.ts";
import { hashText } from "../stable-hash.ts";

/**
 * How those log in who always got in from where they are, by user agent and on the route as a whole. Where they fail, no password was guessed: an app's
 * release is broken, or nobody gets in at all. Then strangers' failures with the same agent are explained, up to some for each such user; those with
 * other agents, where it happens on the route as a whole. Each worker counts for itself.
 */
export interface Regulars {
  failures: ffi.Numbers;
  successes: ffi.Numbers;
  strangers: ffi.Numbers;
}

const AGENTS = 256;
/** One more for all of the route: what happens there is remembered for longer, since logins may be rare. */
const ALL = 256;
const KEPT_A_SECOND = 0.98;
const KEPT_OF_ALL = 0.995;
/** Typing errors alone never make so many, nor such a share. */
const LEAST = 3;
const LEAST_SHARE = 0.2;
/** Strangers' failures that one user's explains, who counts once in ten minutes: accounts of one's own would have to be very many. */
const EXPLAINS = 8;
const COUNTED_ONCE_S = 600;

export const createRegulars = (): Regulars => ({
  failures: ffi.new("float[257]"),
  successes: ffi.new("float[257]"),
  strangers: ffi.new("float[257]"),
});

const placeOf = (agent: string | undefined): number => hashText(agent ?? "")[0] & (AGENTS - 1);

const add = (counts: ffi.Numbers, agent: string | undefined): void => {
  const place = placeOf(agent);
  counts[place] = counts[place] + 1;
  counts[ALL] = counts[ALL] + 1;
};

export const addRegularSuccess = ({ successes }: Regulars, agent: string | undefined): void => add(successes, agent);

export const addRegularFailure = (
  { failures }: Regulars,
  agent: string | undefined,
  route: string,
  user: string,
): void => {
  const [first, second] = hashText(`${route} ${user}`);
  const [isNew] = counters.add(string.format("lf%08x%08x", first, second), true, COUNTED_ONCE_S);
  if (isNew) add(failures, agent);
};

const explainedIn = ({ failures, successes, strangers }: Regulars, place: number): number => {
  const failing = failures[place];
  if (failing < LEAST || failing < LEAST_SHARE * (failing + successes[place])) return 0;
  return Math.min(1, (EXPLAINS * failing) / Math.max(1, strangers[place]));
};

export const addStrangerFailure = ({ strangers }: Regulars, agent: string | undefined): void => add(strangers, agent);

/** The share of strangers' failures that is explained by what happens to regulars. */
export const explainedShare = (regulars: Regulars, agent: string | undefined): number =>
  Math.max(explainedIn(regulars, placeOf(agent)), explainedIn(regulars, ALL));

const fade = (counts: ffi.Numbers): void => {
  for (const place of $range(0, AGENTS - 1)) counts[place] = counts[place] * KEPT_A_SECOND;
  counts[ALL] = counts[ALL] * KEPT_OF_ALL;
};

/** Once a second. */
export const fadeRegulars = ({ failures, successes, strangers }: Regulars): void => {
  fade(failures);
  fade(successes);
  fade(strangers);
};
