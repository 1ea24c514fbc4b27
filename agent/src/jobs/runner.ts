import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Db } from "../store/db.ts";
import { claimJob, enqueueJob, ensureJob, extendJob, failJob, finishJob, type Job } from "../store/jobs.ts";
import type { JobKind } from "./job-kind.ts";

export interface JobRunnerOptions {
  db: Db;
  kinds: readonly JobKind[];
  /** Hears what a job threw, or (without a job) that the database could not be asked. */
  onError: (error: unknown, job: Job | null) => void;
  /** The database could be asked. */
  onReady?: () => void;
  onDone?: (kind: string, seconds: number, failed: boolean) => void;
  /** Jobs at a time; those that take longer than `slowMs` do not count, up to `most` in all. */
  concurrency?: number;
  slowMs?: number;
  most?: number;
  pollMs?: number;
  leaseMs?: number;
}

/** Claims and runs jobs until it is stopped. Any number of runners may share one database. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #kinds: Map<string, JobKind>;
  readonly #worker = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  readonly #leaseMs: number;
  /** With the moment at which each began. */
  readonly #running = new Map<Promise<void>, number>();
  #loop: Promise<void> | null = null;
  #rise: (() => void) | null = null;
  #woken = false;
  #stopping = false;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.#leaseMs = options.leaseMs ?? 20_000;
  }

  async start(): Promise<void> {
    for (const kind of this.#options.kinds) {
      if (kind.everyMs === undefined) continue;
      await ensureJob(this.#options.db, { kind: kind.kind, key: "" });
      if (kind.atStart) await enqueueJob(this.#options.db, { kind: kind.kind, key: "" });
    }
    this.#loop = this.#dispatch();
  }

  /** Looks for work at once instead of at the next poll. */
  wake(): void {
    this.#woken = true;
    this.#rise?.();
  }

  /** Resolves when the jobs that are running have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#loop;
    await Promise.all(this.#running.keys());
  }

  async #dispatch(): Promise<void> {
    const { db, onError, onReady, pollMs = 500 } = this.#options;
    const names = [...this.#kinds.keys()];
    while (!this.#stopping) {
      this.#woken = false;
      try {
        const hasRoom = this.#hasRoom();
        const job = hasRoom ? await claimJob(db, this.#worker, names, this.#leaseMs) : null;
        if (hasRoom) onReady?.();
        if (job) this.#track(this.#run(job));
        else await this.#sleep(pollMs);
      } catch (error) {
        onError(error, null);
        await this.#sleep(1_000);
      }
    }
  }

  /** What takes long waits for a slow gateway, and must not keep others from what needs none, such as decisions. */
  #hasRoom(): boolean {
    const { concurrency = 8, slowMs = 2_000, most = 64 } = this.#options;
    const since = performance.now() - slowMs;
    const quick = [...this.#running.values()].filter((begun) => begun > since);
    return quick.length < concurrency && this.#running.size < most;
  }

  /** A job that ends makes room for the next, and may have left one that waited for it. */
  #track(run: Promise<void>): void {
    const ended = run
      .catch((error: unknown) => this.#options.onError(error, null))
      .finally(() => {
        this.#running.delete(ended);
        this.wake();
      });
    this.#running.set(ended, performance.now());
  }

  async #run(job: Job): Promise<void> {
    const { db, onError, onDone } = this.#options;
    const kind = this.#kinds.get(job.kind)!;
    const started = performance.now();
    const beat = setInterval(() => {
      extendJob(db, job, this.#leaseMs).catch((error) => onError(error, job));
    }, this.#leaseMs / 3);
    let failure: unknown;
    try {
      await kind.run(job);
    } catch (error) {
      failure = error ?? new Error("It threw nothing.");
    } finally {
      clearInterval(beat);
    }
    onDone?.(job.kind, (performance.now() - started) / 1000, failure !== undefined);
    if (failure === undefined) {
      await finishJob(db, job, kind.everyMs === undefined ? undefined : Date.now() + kind.everyMs);
      return;
    }
    onError(failure, job);
    await failJob(db, job, failure instanceof Error ? failure.message : String(failure));
  }

  /** Not at all when something happened since the last look. */
  #sleep(ms: number): Promise<void> {
    if (this.#stopping || this.#woken) return Promise.resolve();
    return new Promise((resolve) => {
      const rise = () => {
        clearTimeout(timer);
        this.#rise = null;
        resolve();
      };
      const timer = setTimeout(rise, ms);
      this.#rise = rise;
    });
  }
}
