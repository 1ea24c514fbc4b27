import { type Selectable, sql } from "kysely";
import { type Db, holdLock, inTransaction, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type Job = Selectable<Database["jobs"]>;

export interface NewJob {
  kind: string;
  /** What it is about. At most one job of a kind and key waits, and at most one runs. */
  key: string;
  payload?: Record<string, unknown>;
  /** Epoch milliseconds; at once when absent. */
  run_at?: number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
const UNIQUE_VIOLATION = "23505";

/** Joins the waiting job of the same kind and key, which then runs at the earlier of the two times with the later payload. */
export async function enqueueJob(db: Db, job: NewJob): Promise<void> {
  const row = {
    kind: job.kind,
    key: job.key,
    payload: json(job.payload ?? {}),
    run_at: job.run_at ?? Date.now(),
    attempts: 0,
  };
  await db
    .insertInto("jobs")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "key"])
        .where("done_at", "is", null)
        .where("locked_by", "is", null)
        .doUpdateSet({ payload: row.payload, run_at: sql`least(jobs.run_at, excluded.run_at)` }),
    )
    .execute();
}

/** For what repeats: enqueues only when no job of the kind and key waits or runs. */
export function ensureJob(db: Db, job: NewJob): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, "jobs");
    const query = transaction.selectFrom("jobs").select("id").where("kind", "=", job.kind).where("key", "=", job.key);
    const known = await query.where("done_at", "is", null).executeTakeFirst();
    if (!known) await enqueueJob(transaction, job);
  });
}

/**
 * The next job that is due, now locked for `leaseMs`; null when there is none. A job whose lease ran out (its worker died) is due
 * again. Claims take turns, so that no two workers ever run jobs of one kind and key.
 */
export async function claimJob(
  db: Db,
  worker: string,
  kinds: readonly string[],
  leaseMs: number,
  now = Date.now(),
): Promise<Job | null> {
  // Most looks find nothing and need no lock.
  if (!(await nextDue(db, kinds, now).executeTakeFirst())) return null;
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, "jobs");
    const next = await nextDue(transaction, kinds, now).forUpdate("job").skipLocked().executeTakeFirst();
    if (!next) return null;
    const claimed = transaction
      .updateTable("jobs")
      .set((update) => ({ locked_by: worker, locked_until: now + leaseMs, attempts: update("attempts", "+", 1) }))
      .where("id", "=", next.id);
    return claimed.returningAll().executeTakeFirstOrThrow();
  });
}

function nextDue(db: Db, kinds: readonly string[], now: number) {
  return db
    .selectFrom("jobs as job")
    .select("job.id")
    .where("job.done_at", "is", null)
    .where("job.kind", "in", kinds)
    .where("job.run_at", "<=", now)
    .where((is) => is.or([is("job.locked_until", "is", null), is("job.locked_until", "<=", now)]))
    .where(noneRunsLike(now))
    .orderBy("job.run_at")
    .orderBy("job.id")
    .limit(1);
}

/** For a process that knows itself alone on its database: whatever ran before it is dead, and its jobs are due again. */
export async function endLeases(db: Db): Promise<void> {
  const running = db.updateTable("jobs").set({ locked_until: 0 }).where("done_at", "is", null);
  await running.where("locked_by", "is not", null).execute();
}

/** Gives a running job more time; false when another worker has taken it over. */
export async function extendJob(db: Db, job: Job, leaseMs: number): Promise<boolean> {
  const query = db.updateTable("jobs").set({ locked_until: Date.now() + leaseMs });
  const result = await query.where("id", "=", job.id).where("locked_by", "=", job.locked_by).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** `again` is when a job that repeats runs next. */
export async function finishJob(db: Db, job: Job, again?: number): Promise<void> {
  if (again !== undefined) return releaseJob(db, job, { run_at: again, attempts: 0, last_error: null });
  const query = db
    .updateTable("jobs")
    .set({ done_at: Date.now(), locked_by: null, locked_until: null, last_error: null });
  await query.where("id", "=", job.id).where("locked_by", "=", job.locked_by).execute();
}

/** Runs again after a pause that doubles with every attempt. */
export async function failJob(db: Db, job: Job, error: string, now = Date.now()): Promise<void> {
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(job.attempts - 1, 20));
  await releaseJob(db, job, { run_at: now + pause, attempts: job.attempts, last_error: error.slice(0, 1_000) });
}

/** Back to waiting, unless a newer job of its kind and key waits already: then that one stands for it. */
async function releaseJob(db: Db, job: Job, state: Pick<Job, "run_at" | "attempts" | "last_error">): Promise<void> {
  const newerWaits = sql`exists (
    select 1 from jobs as newer
    where newer.kind = ${job.kind} and newer.key = ${job.key} and newer.done_at is null and newer.locked_by is null)`;
  const done_at = sql<number | null>`case when ${newerWaits} then ${Date.now()}::bigint end`;
  const query = db.updateTable("jobs").set({ ...state, done_at, locked_by: null, locked_until: null });
  const release = query.where("id", "=", job.id).where("locked_by", "=", job.locked_by);
  // A newer one that came while the statement ran breaks the index; the second time it is seen.
  await release.execute().catch((error: { code?: string }) => {
    if (error.code !== UNIQUE_VIOLATION || db.isTransaction) throw error;
    return release.execute();
  });
}

/** How many jobs of each kind wait or run. */
export async function countJobs(db: Db): Promise<Record<string, number>> {
  const query = db.selectFrom("jobs").where("done_at", "is", null).groupBy("kind");
  const rows = await query.select(["kind", (select) => select.fn.countAll<number>().as("count")]).execute();
  return Object.fromEntries(rows.map((row) => [row.kind, Number(row.count)]));
}

function noneRunsLike(now: number) {
  return sql<boolean>`not exists (
    select 1 from jobs as other
    where other.kind = job.kind and other.key = job.key and other.id <> job.id
      and other.done_at is null and other.locked_until > ${now})`;
}
