import { UNUSED_S } from "../contract/learning.ts";
import { counters } from "../counters.ts";

/**
 * What has been learned and counts: approved signatures and thresholds of routes. It lives in the shared dictionary, so that all workers go by it
 * and reloads keep it; after a restart it comes back from the agent.
 */
export interface Learned {
  /** `operator`: approved by a person. */
  by: "learned" | "operator";
  /** The threshold, or the highest score the signature covers. */
  score: number;
}

/** While nothing has been learned, nothing has to be looked up. */
const SIGN = "lk";
const READ_AGE_S = 0.1;
const MAX_FIELD = 100;
/** Use renews what would otherwise be forgotten; not each time, but when it has grown so old. */
const RENEW_BELOW_S = UNUSED_S / 2;

let exists = false;
let readAt = 0;

export const hasLearned = (): boolean => {
  const now = ngx.now();
  if (now - readAt > READ_AGE_S) {
    readAt = now;
    const [sign] = counters.get(SIGN);
    exists = sign !== undefined;
  }
  return exists;
};

export const signatureKey = (route: string, field: string, signature: string): string =>
  `ls${route} ${field} ${signature}`;
export const thresholdKey = (route: string): string => `lt${route}`;

/** Fields are named by clients: in keys and lines they are one word. */
export const fieldWord = (field: string): string => {
  const [word] = string.gsub(string.sub(field, 1, MAX_FIELD), "[^!-~]", "_");
  return word;
};

export const keepLearned = (key: string, learned: Learned): void => {
  counters.set(key, `${learned.by} ${learned.score}`, UNUSED_S);
  counters.set(SIGN, true, UNUSED_S);
  exists = true;
};

export const forgetLearned = (key: string): void => counters.delete(key);

export const findLearned = (key: string): Learned | undefined => {
  const [text] = counters.get(key);
  if (text === undefined) return undefined;
  const [by, score] = string.match(text as string, "^(%l+) (%d+)$");
  if (by === undefined) return undefined;
  return { by: by as Learned["by"], score: tonumber(score) as number };
};

/** It was of use. */
export const renewLearned = (key: string, learned: Learned): void => {
  const [left] = counters.ttl(key);
  if ((left ?? 0) < RENEW_BELOW_S) keepLearned(key, learned);
};
