import { type Selectable, sql } from "kysely";
import { DECISION_PARAMETERS } from "../../../contract/decision-feed.ts";
import { type Db, inTransaction, json } from "./db.ts";
import type { Database, DecisionTable } from "./schema.ts";

export type Decision = Selectable<DecisionTable>;
export type Feed = Selectable<Database["feeds"]>;

const ORDER = sql`case action when 'allow' then 0 when 'block' then 1 else 2 end, expires_at desc, id`;

/** Inserts or replaces the decision of this id; the gateways see it with their next poll. */
export async function putDecision(db: Db, decision: Decision): Promise<void> {
  const row = { ...decision, value: oneWord(decision.value), params: json(wordsOf(decision.params)) };
  await inTransaction(db, async (transaction) => {
    await transaction
      .insertInto("decisions")
      .values(row)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
    await advanceFeed(transaction, decision.gateway);
  });
}

/** False when it had ended already. */
export function endDecision(db: Db, id: string, at = Date.now()): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const ended = await transaction
      .updateTable("decisions")
      .set({ ended_at: at })
      .where("id", "=", id)
      .where("ended_at", "is", null)
      .returning("gateway")
      .executeTakeFirst();
    if (ended) await advanceFeed(transaction, ended.gateway);
    return ended !== undefined;
  });
}

/** Ends what is past its expiry; returns how many. */
export function expireDecisions(db: Db, now = Date.now()): Promise<number> {
  return inTransaction(db, async (transaction) => {
    const ended = await transaction
      .updateTable("decisions")
      .set({ ended_at: now })
      .where("ended_at", "is", null)
      .where("expires_at", "<=", now)
      .returning("gateway")
      .execute();
    for (const gateway of new Set(ended.map((row) => row.gateway))) await advanceFeed(transaction, gateway);
    return ended.length;
  });
}

export async function getDecision(db: Db, id: string): Promise<Decision | null> {
  return (await db.selectFrom("decisions").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/**
 * In force, the most important first: an operator's `allow`, then blocks, then throttles, each with the longest still to run
 * first, so that a limit drops what would end soonest.
 */
export function listDecisionsOn(db: Db, gateway: string, now: number, limit: number): Promise<Decision[]> {
  return db
    .selectFrom("decisions")
    .selectAll()
    .where("gateway", "=", gateway)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy(ORDER)
    .limit(limit)
    .execute();
}

/** The feed's lines of what `listDecisionsOn` returns: put together by the database, since it may be tens of thousands. */
export async function feedLines(
  db: Db,
  gateway: string,
  now: number,
  limit: number,
): Promise<{ count: number; lines: string }> {
  const parameters = DECISION_PARAMETERS.map(
    (name) => sql`coalesce(' ' || ${sql.lit(name)} || '=' || (params ->> ${sql.lit(name)}), '')`,
  );
  const result = await sql<{ count: number; lines: string }>`
    select count(*) as count, coalesce(string_agg(line, '' order by place), '') as lines from (
      select row_number() over (order by ${ORDER}) as place,
        action || ' ' || kind || ' ' || value || ' ' || (expires_at / 1000) || ' ' || id || ' ' || coalesce(incident_id, '-')
          || ${sql.join(parameters, sql` || `)} || chr(10) as line
      from decisions where gateway = ${gateway} and ended_at is null and expires_at > ${now}
      order by place limit ${limit}) as placed`.execute(db);
  return result.rows[0]!;
}

export async function countDecisionsOn(db: Db, gateway: string, now: number): Promise<number> {
  const query = db.selectFrom("decisions").where("gateway", "=", gateway).where("ended_at", "is", null);
  const count = query.where("expires_at", ">", now).select((select) => select.fn.countAll<number>().as("count"));
  return Number((await count.executeTakeFirstOrThrow()).count);
}

/** The feed's epoch is the time of its first use, in seconds, so it changes only with a new database. */
export async function feedOf(db: Db, gateway: string): Promise<Feed> {
  const query = db.selectFrom("feeds").selectAll().where("gateway", "=", gateway);
  const feed = await query.executeTakeFirst();
  if (feed) return feed;
  const epoch = Math.floor(Date.now() / 1000);
  await db
    .insertInto("feeds")
    .values({ gateway, epoch, sequence: 0 })
    .onConflict((conflict) => conflict.column("gateway").doNothing())
    .execute();
  return query.executeTakeFirstOrThrow();
}

/** The row's lock makes the order of sequences the order of commits. */
async function advanceFeed(transaction: Db, gateway: string): Promise<void> {
  await feedOf(transaction, gateway);
  await transaction
    .updateTable("feeds")
    .set((update) => ({ sequence: update("sequence", "+", 1) }))
    .where("gateway", "=", gateway)
    .execute();
}

/** In the feed white space separates: what a node reported as a route's name must not become another decision. */
function oneWord(text: string): string {
  return text.replace(/\s/g, "");
}

function wordsOf(params: Decision["params"]): Decision["params"] {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? oneWord(value) : value]),
  );
}
