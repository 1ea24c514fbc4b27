import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Db } from "../store/db.ts";
import { claimJob, ensureJob, extendJob, failJob, finishJob, type Job } from "../store/jobs.ts";
import type { JobKind } from "./job-kind.ts";

export interface JobRunnerOptions {
  db: Db;
  kinds: readonly JobKind[];
  /** Hears what a job threw, or (without a job) that the database could not be asked. */
  onError: (error: unknown, job: Job | null) => void;
  onDone?: (kind: string, seconds: number, failed: boolean) => void;
  concurrency?: number;
  pollMs?: number;
  leaseMs?: number;
}

/** Claims and runs jobs until it is stopped. Any number of runners may share one database. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #kinds: Map<string, JobKind>;
  readonly #worker = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  readonly #leaseMs: number;
  #loops: Promise<void>[] = [];
  readonly #sleepers = new Set<() => void>();
  #stopping = false;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.#leaseMs = options.leaseMs ?? 20_000;
  }

  async start(): Promise<void> {
    for (const kind of this.#options.kinds) {
      if (kind.everyMs !== undefined) await ensureJob(this.#options.db, { kind: kind.kind, key: "" });
    }
    for (let i = 0; i < (this.#options.concurrency ?? 3); i++) this.#loops.push(this.#loop());
  }

  /** Looks for work at once instead of at the next poll. */
  wake(): void {
    for (const rise of this.#sleepers) rise();
  }

  /** Resolves when the jobs that are running have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    const names = [...this.#kinds.keys()];
    while (!this.#stopping) {
      try {
        const job = await claimJob(this.#options.db, this.#worker, names, this.#leaseMs);
        if (job) await this.#run(job);
        else await this.#sleep(this.#options.pollMs ?? 500);
      } catch (error) {
        this.#options.onError(error, null);
        await this.#sleep(1_000);
      }
    }
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

  #sleep(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const rise = () => {
        clearTimeout(timer);
        this.#sleepers.delete(rise);
        resolve();
      };
      const timer = setTimeout(rise, ms);
      this.#sleepers.add(rise);
    });
  }
}
