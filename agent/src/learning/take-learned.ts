import type { LearnedRecord, LearnedVote } from "../../../contract/ingest.ts";
import { DAY_S, MAX_LEARNED } from "../../../contract/learning.ts";
import { type Db, holdLock } from "../store/db.ts";
import type { StoredEvent } from "../store/events.ts";
import {
  addLearnedVote,
  advanceLearned,
  countLearned,
  countRouteScores,
  getLearned,
  type LearnedItem,
  type LearnedQuestion,
  learnedId,
  learnedVotes,
  noteLearnedUse,
  putLearned,
  putRouteScores,
  scoresOfRoute,
} from "../store/learned.ts";
import { type Count, countScores, countSignature } from "./count-votes.ts";

const MAX_ROUTES = 1_000;
/** What is more comes again another day: nodes repeat votes daily. */
const MAX_VOTES_AT_ONCE = 1_000;

type Question = LearnedQuestion & { class: string | null };

/** One round of taking in: what it is about, and how many new items there is room for. */
interface Round {
  db: Db;
  gateway: string;
  now: number;
  room: number;
  questions: Map<string, Question>;
}

/** Takes what nodes have learned into what the deployment has, and draws what follows from it. */
export async function takeLearned(
  db: Db,
  gateway: string,
  events: readonly StoredEvent[],
  now: number,
  limit = MAX_LEARNED,
): Promise<void> {
  if (events.length === 0) return;
  await holdLock(db, `learned ${gateway}`);
  const counts = await countLearned(db, gateway);
  const room = limit - counts.candidate - counts.learned - counts.approved - counts.revoked;
  const round: Round = { db, gateway, now, room, questions: new Map() };
  const records = events.map((event) => event.record as LearnedRecord);
  for (const scores of records.flatMap((record) => record.scores)) await takeScores(round, scores);
  const votes = records.flatMap((record) => record.votes).slice(0, MAX_VOTES_AT_ONCE);
  for (const vote of votes) await takeVote(round, vote);
  for (const use of records.flatMap((record) => record.used)) {
    await noteLearnedUse(db, learnedId({ gateway, kind: "signature", ...use }), now);
  }
  let changed = false;
  for (const [id, question] of round.questions) changed = (await review(round, id, question)) || changed;
  if (changed) await advanceLearned(db, gateway);
}

/** Whether there is, or may be, a row of this question. */
async function admit(round: Round, id: string, question: Question): Promise<boolean> {
  if (round.questions.has(id)) return true;
  if (question.kind === "signature" && (await getLearned(round.db, id)) === null) {
    if (round.room <= 0) return false;
    round.room -= 1;
  }
  round.questions.set(id, question);
  return true;
}

async function takeVote(round: Round, vote: LearnedVote): Promise<void> {
  const question = questionOf(round.gateway, vote);
  if (!(await admit(round, learnedId(question), question))) return;
  const { class: _, ...about } = question;
  const { voter, network, consumer, score } = vote;
  const day = Math.floor(round.now / (DAY_S * 1000));
  await addLearnedVote(round.db, { ...about, voter, network, consumer, score, day, at: round.now });
}

async function takeScores(round: Round, scores: LearnedRecord["scores"][number]): Promise<void> {
  const { db, gateway, now } = round;
  const { route_id, buckets, limits } = scores;
  const known = await scoresOfRoute(db, gateway, route_id);
  if (known === null && (await countRouteScores(db, gateway)) >= MAX_ROUTES) return;
  const sums = buckets.map((count, i) => count + (known?.buckets[i] ?? 0));
  await putRouteScores(db, { gateway, route_id, buckets: sums, limits, updated_at: now });
  const question = thresholdOf(gateway, route_id);
  await admit(round, learnedId(question), question);
}

function thresholdOf(gateway: string, routeId: string) {
  return { gateway, kind: "threshold" as const, route_id: routeId, field: "", signature: "", class: null };
}

function questionOf(gateway: string, vote: LearnedVote) {
  if (vote.kind === "score") return thresholdOf(gateway, vote.route_id);
  const { route_id, field = "", signature = "" } = vote;
  return { gateway, kind: "signature" as const, route_id, field, signature, class: vote.class ?? null };
}

async function count(db: Db, question: LearnedQuestion): Promise<Count | null> {
  const votes = await learnedVotes(db, question);
  if (question.kind === "signature") return countSignature(votes);
  const scores = await scoresOfRoute(db, question.gateway, question.route_id);
  return scores && countScores(votes, scores.requests, scores.limits);
}

/** Whether what gateways go by has changed. What an operator has decided stays. */
async function review(round: Round, id: string, question: Question): Promise<boolean> {
  const { db, now } = round;
  const before = await getLearned(db, id);
  const counted = await count(db, question);
  if (counted === null) return false;
  const { clients, score, isApproved } = counted;
  if (before?.status === "approved" || before?.status === "revoked") {
    await putLearned(db, { ...before, clients });
    return false;
  }
  // A threshold that stays where it is needs no row.
  if (before === null && question.kind === "threshold" && !(isApproved && round.room-- > 0)) return false;
  const status = isApproved ? ("learned" as const) : ("candidate" as const);
  const fresh = { ...question, id, decided_by: "", reason: "", created_at: now, used_at: now };
  const item: LearnedItem = { ...(before ?? fresh), clients, score, status, updated_at: now };
  await putLearned(db, item);
  const wasServed = before?.status === "learned";
  return isApproved ? !wasServed || before.score !== score : wasServed;
}
