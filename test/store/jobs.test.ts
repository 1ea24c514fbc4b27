import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { JobRunner } from "../../agent/src/jobs/runner.ts";
import {
  claimJob,
  countJobs,
  endLeases,
  enqueueJob,
  ensureJob,
  extendJob,
  failJob,
  finishJob,
  type Job,
} from "../../agent/src/store/jobs.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

describe.each(STORE_KINDS)("jobs on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store?.close();
    await home?.remove();
  });

  const claim = (worker = "w", now = Date.now()) => claimJob(store.db, worker, ["k"], 1_000, now);

  test("one job of a kind and key waits, with the latest payload and the earliest time", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1", payload: { n: 1 }, run_at: 1_000 });
    await enqueueJob(store.db, { kind: "k", key: "1", payload: { n: 2 }, run_at: 2_000 });
    expect(await countJobs(store.db)).toEqual({ k: 1 });
    expect(await claim("w", 999)).toBeNull();
    expect(await claim("w", 1_000)).toMatchObject({
      payload: { n: 2 },
      attempts: 1,
      locked_by: "w",
      locked_until: 2_000,
    });
  });

  test("while one runs another of its kind and key waits for it", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1" });
    const first = (await claim())!;
    await enqueueJob(store.db, { kind: "k", key: "1" });
    await enqueueJob(store.db, { kind: "k", key: "2" });
    expect((await claim())!.key).toBe("2");
    expect(await claim()).toBeNull();
    await finishJob(store.db, first);
    expect((await claim())!.key).toBe("1");
  });

  test("only asked kinds are claimed, the earliest first", async () => {
    await enqueueJob(store.db, { kind: "other", key: "1", run_at: 1 });
    await enqueueJob(store.db, { kind: "k", key: "late", run_at: 3 });
    await enqueueJob(store.db, { kind: "k", key: "early", run_at: 2 });
    expect((await claim())!.key).toBe("early");
    expect((await claim())!.key).toBe("late");
    expect(await claim()).toBeNull();
  });

  test("a job whose worker died is claimed again, and the dead one changes nothing any more", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1" });
    const now = Date.now();
    const dead = (await claim("dead", now))!;
    expect(await claim("alive", now + 999)).toBeNull();
    const taken = (await claim("alive", now + 1_000))!;
    expect(taken).toMatchObject({ id: dead.id, attempts: 2, locked_by: "alive" });
    expect(await extendJob(store.db, dead, 60_000)).toBe(false);
    await finishJob(store.db, dead);
    expect(await countJobs(store.db)).toEqual({ k: 1 });
    expect(await extendJob(store.db, taken, 60_000)).toBe(true);
    await finishJob(store.db, taken);
    expect(await countJobs(store.db)).toEqual({});
  });

  test("a process that is alone takes over at once what another left running", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1" });
    const dead = (await claim("dead"))!;
    await enqueueJob(store.db, { kind: "k", key: "1" });
    await endLeases(store.db);
    expect((await claim("alive"))!.id).toBe(dead.id);
    expect(await claim("alive")).toBeNull();
  });

  test("a failed job runs again later and later, and keeps why", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1" });
    let now = Date.now();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const job = (await claim("w", now))!;
      await failJob(store.db, job, "the reason", now);
      const row = await store.db.selectFrom("jobs").selectAll().executeTakeFirstOrThrow();
      expect(row).toMatchObject({ last_error: "the reason", locked_by: null });
      pauses.push(row.run_at - now);
      now = row.run_at;
    }
    expect(pauses.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(pauses.at(-1)).toBe(60_000);
  });

  test("a failed job gives way to a newer one that waits already", async () => {
    await enqueueJob(store.db, { kind: "k", key: "1", payload: { n: 1 } });
    const old = (await claim())!;
    await enqueueJob(store.db, { kind: "k", key: "1", payload: { n: 2 } });
    await failJob(store.db, old, "no");
    expect(await countJobs(store.db)).toEqual({ k: 1 });
    expect((await claim())!.payload).toEqual({ n: 2 });
  });

  test("a job that is rolled back was never there", async () => {
    const work = store.db.transaction().execute(async (transaction) => {
      await enqueueJob(transaction, { kind: "k", key: "1" });
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect(await countJobs(store.db)).toEqual({});
  });

  test("claims at the same time never meet", async () => {
    for (let key = 0; key < 20; key++) await enqueueJob(store.db, { kind: "k", key: String(key) });
    const claimed = await Promise.all(Array.from({ length: 25 }, (_, worker) => claim(`w${worker}`)));
    const keys = claimed.filter((job): job is Job => job !== null).map((job) => job.key);
    expect(keys).toHaveLength(20);
    expect(new Set(keys).size).toBe(20);
  });

  test("what repeats is there once, however many ask", async () => {
    await Promise.all(Array.from({ length: 5 }, () => ensureJob(store.db, { kind: "k", key: "" })));
    const job = (await claim())!;
    await ensureJob(store.db, { kind: "k", key: "" });
    expect(await countJobs(store.db)).toEqual({ k: 1 });
    await finishJob(store.db, job, Date.now() + 5_000);
    expect(await claim()).toBeNull();
    expect(await countJobs(store.db)).toEqual({ k: 1 });
  });

  test("runners share the work, retry what failed, and end what runs before they stop", async () => {
    const runs: string[] = [];
    const failures: unknown[] = [];
    const run = async (job: Job) => {
      await pause(5);
      if (job.key === "bad" && job.attempts === 1) throw new Error("not at first");
      runs.push(job.key);
    };
    const onError = (error: unknown) => failures.push(error);
    for (const key of ["1", "2", "3", "bad"]) await enqueueJob(store.db, { kind: "k", key });
    const runners = [1, 2].map(() => new JobRunner({ db: store.db, pollMs: 20, onError, kinds: [{ kind: "k", run }] }));
    for (const runner of runners) await runner.start();
    while (runs.length < 4) await pause(20);
    for (const runner of runners) await runner.stop();
    expect(runs.sort()).toEqual(["1", "2", "3", "bad"]);
    expect(failures).toHaveLength(1);
    expect(await countJobs(store.db)).toEqual({});
  });

  test("jobs that wait for something slow keep no other from its turn", async () => {
    const ended: string[] = [];
    let tell: () => void = () => undefined;
    const quick = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const run = async ({ key }: Job) => {
      if (key === "quick") tell();
      else await quick;
      ended.push(key);
    };
    for (const [at, key] of ["slow-1", "slow-2", "quick"].entries())
      await enqueueJob(store.db, { kind: "k", key, run_at: at });
    const kinds = [{ kind: "k", run }];
    const onError = () => undefined;
    const runner = new JobRunner({ db: store.db, pollMs: 5, onError, kinds, concurrency: 2, slowMs: 5 });
    await runner.start();
    await quick;
    await runner.stop();
    expect(ended.sort()).toEqual(["quick", "slow-1", "slow-2"]);
  });
});
