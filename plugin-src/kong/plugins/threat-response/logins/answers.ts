import { counters } from "../counters.ts";
import { hashText } from "../stable-hash.ts";

/**
 * Which of a route's answers to logins mean that the password was wrong, where the status alone does not say it: forms that come once more with
 * 200, redirects back, errors inside of JSON or GraphQL. Nobody reads bodies here. Answers are told apart by status, size, cookie and
 * Location; and who mistyped tries again at once and then gets another kind of answer, while who got in does not come back.
 *
 * A kind is a failure once that was seen of eight users, where it was hardly ever the other way round and most logins end otherwise. What
 * is learned holds for a week after the last sign of it.
 */
const AGAIN_S = 120;
const KEEP_S = 604_800;
const MIN_LEFT = 8;
/** So many times as often left as entered. */
const ONE_WAY = 4;
/** Of those that got this answer first, so many went on to another one. */
const LEFT_SHARE = 0.2;
/** Of all first answers: what is more frequent is a step of each login, or how logins succeed. */
const MOST_SHARE = 0.15;
const PER_DOUBLING = 1 / math.log(2);
const { floor, log } = math;
const { find, lower, match } = string;

/** Without scheme, host and query. */
const pathOf = (location: string): string => {
  const [rest] = match(location, "^%a+://[^/?#]*([^?#]*)");
  return rest ?? match(location, "^[^?#]*")[0];
};

/** 0: no redirect; 1: back to where the login was sent; 2: elsewhere. */
const directionOf = (location: string | undefined): number => {
  if (location === undefined) return 0;
  return lower(pathOf(location)) === lower(ngx.var.uri ?? "") ? 1 : 2;
};

const sizeOf = (): number => {
  const bytes = tonumber(ngx.var.sent_http_content_length ?? "");
  return bytes === undefined || bytes < 1 ? 0 : floor(log(bytes) * PER_DOUBLING);
};

/** The kind of the answer there is. */
export const kindOfAnswer = (status: number): string => {
  const variables = ngx.var;
  const cookie = variables.sent_http_set_cookie === undefined ? 0 : 1;
  const direction = directionOf(variables.sent_http_location);
  return string.format("%d%d%d.%d", status, cookie, direction, direction === 0 ? sizeOf() : 0);
};

/** Pure but for its case: whether a redirect says itself that the login failed. */
export const isRefusal = (location: string | undefined, parts: string[]): boolean => {
  if (location === undefined) return false;
  const text = lower(location);
  for (const part of parts) {
    if (find(text, part, 1, true)[0] !== undefined) return true;
  }
  return false;
};

const read = (key: string): number => {
  const [count] = counters.get(key);
  return (count as number | undefined) ?? 0;
};

/** Pure: whether an answer means that the login failed. */
export const meansFailure = (left: number, entered: number, first: number, all: number): boolean =>
  left >= MIN_LEFT && left >= ONE_WAY * entered && left >= LEFT_SHARE * first && first <= MOST_SHARE * all;

const keyOf = (letter: string, route: string, kind: string): string => `Ja${letter}${kind}:${route}`;
const anyKey = (route: string): string => `Jav:${route}`;

/** Whether anything was learned about the route: what counted as a success before may have been none. */
export const hasLearnedAnswers = (route: string): boolean => counters.get(anyKey(route))[0] !== undefined;

const judge = (route: string, kind: string): void => {
  const left = read(keyOf("l", route, kind));
  const entered = read(keyOf("e", route, kind));
  const isLearned = counters.get(keyOf("f", route, kind))[0] !== undefined;
  if (isLearned && entered > left) {
    counters.delete(keyOf("f", route, kind));
    return;
  }
  if (!isLearned && !meansFailure(left, entered, read(keyOf("n", route, kind)), read(keyOf("n", route, "")))) return;
  counters.set(keyOf("f", route, kind), true, KEEP_S);
  counters.set(anyKey(route), true, KEEP_S);
  if (!isLearned) kong.log.notice("takes an answer ", kind, " on route ", route, " for a failed login from now on");
};

const count = (letter: string, route: string, kind: string): void => {
  counters.incr(keyOf(letter, route, kind), 1, 0, KEEP_S);
};

/** Notes an answer; `pair` is who logged in from where. */
export const noteAnswer = (route: string, pair: string, kind: string): void => {
  const [first, second] = hashText(`${route} ${pair}`);
  const key = string.format("lr%08x%08x", first, second);
  const [before] = counters.get(key);
  counters.set(key, kind, AGAIN_S);
  if (before === undefined) {
    count("n", route, kind);
    count("n", route, "");
  } else if (before !== kind) {
    count("l", route, before as string);
    count("e", route, kind);
    judge(route, before as string);
    judge(route, kind);
  }
};

export const isLearnedFailure = (route: string, kind: string): boolean =>
  counters.get(keyOf("f", route, kind))[0] !== undefined;
