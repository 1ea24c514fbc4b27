import { createHash } from "node:crypto";
import { type Selectable, sql } from "kysely";
import { type CalibrationLimits, CLIENTS_PER_NETWORK, CONSUMERS_PER_NETWORK } from "../../../contract/learning.ts";
import { type Db, json } from "./db.ts";
import type { Database, LearnedItemTable, LearnedStatus } from "./schema.ts";

export type LearnedItem = Selectable<LearnedItemTable>;
export type LearnedVoteRow = Selectable<Database["learned_votes"]>;
export type RouteScores = Selectable<Database["learned_scores"]>;

/** What is learned about: one signature in one field of a route, or the threshold of a route (field and signature are ""). */
export type LearnedQuestion = Pick<LearnedItem, "gateway" | "kind" | "route_id" | "field" | "signature">;

const MAX_VOTES_OF_QUESTION = 500;

export function learnedId(question: LearnedQuestion): string {
  const { gateway, kind, route_id, field, signature } = question;
  const text = JSON.stringify([gateway, kind, route_id, field, signature]);
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** One vote of each voter on a question: the first day and the highest score stay. More than can count are not kept. */
export async function addLearnedVote(db: Db, vote: LearnedVoteRow): Promise<void> {
  const count = await votesOn(db, vote).select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow();
  if (Number(count.count) >= MAX_VOTES_OF_QUESTION) return;
  await db
    .insertInto("learned_votes")
    .values(vote)
    .onConflict((conflict) =>
      conflict
        .columns(["gateway", "kind", "route_id", "field", "signature", "voter"])
        .doUpdateSet({ score: sql`greatest(learned_votes.score, excluded.score)` }),
    )
    .execute();
}

/** In the order they came; as many as one question may have. */
export function learnedVotes(db: Db, question: LearnedQuestion): Promise<LearnedVoteRow[]> {
  const query = votesOn(db, question).selectAll().orderBy("at").orderBy("voter");
  return query.limit(MAX_VOTES_OF_QUESTION).execute();
}

function votesOn(db: Db, question: LearnedQuestion) {
  return db
    .selectFrom("learned_votes")
    .where("gateway", "=", question.gateway)
    .where("kind", "=", question.kind)
    .where("route_id", "=", question.route_id)
    .where("field", "=", question.field)
    .where("signature", "=", question.signature);
}

/** How many of one network count for a question of this kind. */
export function perNetwork(kind: LearnedItem["kind"]): number {
  return kind === "signature" ? CONSUMERS_PER_NETWORK : CLIENTS_PER_NETWORK;
}

export async function scoresOfRoute(db: Db, gateway: string, routeId: string): Promise<RouteScores | null> {
  const query = db.selectFrom("learned_scores").selectAll().where("gateway", "=", gateway);
  return (await query.where("route_id", "=", routeId).executeTakeFirst()) ?? null;
}

export function listRouteScores(db: Db, gateway: string, limit = 200): Promise<RouteScores[]> {
  const query = db.selectFrom("learned_scores").selectAll().where("gateway", "=", gateway);
  return query.orderBy("updated_at", "desc").orderBy("route_id").limit(limit).execute();
}

export async function putRouteScores(
  db: Db,
  scores: { gateway: string; route_id: string; buckets: number[]; limits: CalibrationLimits; updated_at: number },
): Promise<void> {
  const requests = scores.buckets.reduce((sum, count) => sum + count, 0);
  const row = { ...scores, requests, buckets: json(scores.buckets), limits: json(scores.limits) };
  await db
    .insertInto("learned_scores")
    .values(row)
    .onConflict((conflict) => conflict.columns(["gateway", "route_id"]).doUpdateSet(row))
    .execute();
}

export async function countRouteScores(db: Db, gateway: string): Promise<number> {
  const query = db.selectFrom("learned_scores").where("gateway", "=", gateway);
  return Number((await query.select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow()).count);
}

export async function getLearned(db: Db, id: string): Promise<LearnedItem | null> {
  return (await db.selectFrom("learned_items").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function putLearned(db: Db, item: LearnedItem): Promise<void> {
  await db
    .insertInto("learned_items")
    .values(item)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(item))
    .execute();
}

export async function noteLearnedUse(db: Db, id: string, at: number): Promise<void> {
  await db.updateTable("learned_items").set({ used_at: at }).where("id", "=", id).execute();
}

/** Changed last first. */
export function listLearned(
  db: Db,
  gateway: string,
  filter: { status?: LearnedStatus | undefined },
  limit: number,
): Promise<LearnedItem[]> {
  let query = db.selectFrom("learned_items").selectAll().where("gateway", "=", gateway);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  return query.orderBy("updated_at", "desc").orderBy("id").limit(limit).execute();
}

/** What gateways go by, operators' decisions first, so that a limit drops what was only learned. */
export function listServed(db: Db, gateway: string, limit: number): Promise<LearnedItem[]> {
  return db
    .selectFrom("learned_items")
    .selectAll()
    .where("gateway", "=", gateway)
    .where("status", "in", ["approved", "learned"])
    .orderBy("status")
    .orderBy("used_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function countLearned(db: Db, gateway: string): Promise<Record<LearnedStatus, number>> {
  const query = db.selectFrom("learned_items").where("gateway", "=", gateway).groupBy("status");
  const rows = await query.select(["status", sql<number>`count(*)`.as("count")]).execute();
  const counts = { candidate: 0, learned: 0, approved: 0, revoked: 0 };
  for (const { status, count } of rows) counts[status] = Number(count);
  return counts;
}

/** What was learned and not used since then, and votes as old; returns the gateways whose served set changed. */
export async function forgetUnused(db: Db, before: number): Promise<string[]> {
  await db.deleteFrom("learned_votes").where("at", "<", before).execute();
  await db.deleteFrom("learned_scores").where("updated_at", "<", before).execute();
  const unused = db.deleteFrom("learned_items").where("used_at", "<", before).where("updated_at", "<", before);
  const gone = await unused.where("status", "in", ["candidate", "learned"]).returning(["gateway", "status"]).execute();
  return [...new Set(gone.filter(({ status }) => status === "learned").map(({ gateway }) => gateway))];
}

/** The epoch is the time of the first use, in seconds, as the decision feed's is. */
export async function learnedPosition(db: Db, gateway: string): Promise<{ epoch: number; sequence: number }> {
  const query = db.selectFrom("learned_feeds").select(["epoch", "sequence"]).where("gateway", "=", gateway);
  const position = await query.executeTakeFirst();
  if (position) return position;
  await db
    .insertInto("learned_feeds")
    .values({ gateway, epoch: Math.floor(Date.now() / 1000), sequence: 0 })
    .onConflict((conflict) => conflict.column("gateway").doNothing())
    .execute();
  return query.executeTakeFirstOrThrow();
}

export async function advanceLearned(transaction: Db, gateway: string): Promise<void> {
  await learnedPosition(transaction, gateway);
  await transaction
    .updateTable("learned_feeds")
    .set((update) => ({ sequence: update("sequence", "+", 1) }))
    .where("gateway", "=", gateway)
    .execute();
}
