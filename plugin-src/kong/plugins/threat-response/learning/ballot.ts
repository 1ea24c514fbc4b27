import type { Instance } from "../configure.ts";
import type { LearnedVote } from "../contract/ingest.ts";
import {
  CLIENTS_PER_NETWORK,
  CONSUMERS_PER_DAY,
  CONSUMERS_PER_NETWORK,
  DAY_S,
  HARD_SCORE,
  MIN_CONSUMERS,
  proposeThreshold,
  UNUSED_S,
} from "../contract/learning.ts";
import { counters } from "../counters.ts";
import { findLearned, forgetLearned, keepLearned, signatureKey, thresholdKey } from "./learned-store.ts";
import { addVote } from "./pending.ts";
import { totalOf } from "./route-scores.ts";

/**
 * Votes on what is usual: one of each client on each question. With an agent they are reported, and the agent counts over all nodes and days;
 * without one they are counted here, in the shared dictionary, by the same rules.
 */
const QUESTIONS_PER_DAY = 20;
/** A vote that was given and does not count, and never will. */
const SPENT = 100;

const questionOf = (vote: LearnedVote): string =>
  vote.kind === "signature"
    ? signatureKey(vote.route_id, vote.field as string, vote.signature as string)
    : thresholdKey(vote.route_id);

/** Adds one to what may count only so often. */
const fits = (key: string, limit: number): boolean => {
  const [count] = counters.incr(key, 1, 0, UNUSED_S);
  return (count ?? 0) <= limit;
};

const isWithin = (question: string, vote: LearnedVote): boolean => {
  if (vote.kind === "score") return fits(`ln${question}:${vote.network}`, CLIENTS_PER_NETWORK);
  if (!fits(`ln${question}:${vote.network}`, CONSUMERS_PER_NETWORK)) return false;
  return fits(`ld${question}:${math.floor(ngx.time() / DAY_S)}`, CONSUMERS_PER_DAY);
};

const countSignature = (question: string, vote: LearnedVote): void => {
  const [highest] = counters.get(`lm${question}`);
  const score = Math.max((highest as number | undefined) ?? 0, vote.score);
  counters.set(`lm${question}`, score, UNUSED_S);
  const [count] = counters.incr(`lc${question}`, 1, 0, UNUSED_S);
  if ((count ?? 0) < MIN_CONSUMERS || findLearned(question) !== undefined) return;
  keepLearned(question, { by: "learned", score });
  ngx.log(
    ngx.NOTICE,
    "[threat-response] learned that this is usual on route ",
    vote.route_id,
    " in ",
    vote.field,
    ": ",
    vote.signature,
  );
};

const readClients = (route: string, from: number): Record<number, number> => {
  const clients: Record<number, number> = {};
  for (const score of $range(from, HARD_SCORE - 1)) {
    const [count] = counters.get(`lh${route}:${score}`);
    clients[score] = (count as number | undefined) ?? 0;
  }
  return clients;
};

/** Looks again at what the threshold of a route should be; only where no agent does. */
export const reviewThreshold = (instance: Instance, route: string): void => {
  const { learning, thresholds } = instance.config;
  const limits = {
    block: thresholds.block,
    max_threshold: learning.max_threshold,
    min_requests: learning.min_requests,
    stopped_share: learning.stopped_share,
  };
  const proposed = proposeThreshold(limits, totalOf(route), readClients(route, thresholds.block));
  const key = thresholdKey(route);
  const before = findLearned(key)?.score ?? thresholds.block;
  if (proposed === undefined || proposed === before) return;
  if (proposed > thresholds.block) keepLearned(key, { by: "learned", score: proposed });
  else forgetLearned(key);
  const effect = learning.apply ? "" : " (proposed; learning.apply is off)";
  ngx.log(ngx.NOTICE, "[threat-response] block threshold of route ", route, ": ", proposed, ", was ", before, effect);
};

const countScore = (instance: Instance, vote: LearnedVote, before: number | undefined): void => {
  const { route_id } = vote;
  if (before !== undefined) counters.incr(`lh${route_id}:${before}`, -1, 0, UNUSED_S);
  counters.incr(`lh${route_id}:${vote.score}`, 1, 0, UNUSED_S);
  reviewThreshold(instance, route_id);
};

const countHere = (instance: Instance, question: string, vote: LearnedVote, before: number | undefined): boolean => {
  if (before === undefined && !isWithin(question, vote)) return false;
  if (vote.kind === "score") countScore(instance, vote, before);
  else if (before === undefined) countSignature(question, vote);
  return true;
};

/** Nobody may raise very many questions. */
const mayAsk = (voter: string): boolean => {
  const [questions] = counters.incr(`lo${voter}`, 1, 0, DAY_S);
  return (questions ?? 0) <= QUESTIONS_PER_DAY;
};

/** Takes a vote, unless the client has given this one. */
export const castVote = (instance: Instance, vote: LearnedVote): void => {
  const question = questionOf(vote);
  const key = `lv${question}:${vote.voter}`;
  const [known] = counters.get(key);
  const before = known as number | undefined;
  if (before !== undefined && before >= vote.score) return;
  if (before === undefined && !mayAsk(vote.voter)) return;
  const hasAgent = instance.config.agent.url !== undefined;
  const isTaken = hasAgent ? addVote(vote) : countHere(instance, question, vote, before);
  if (isTaken) counters.set(key, vote.score, hasAgent ? DAY_S : UNUSED_S);
  else if (!hasAgent) counters.set(key, SPENT, UNUSED_S);
};
