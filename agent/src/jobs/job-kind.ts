import type { Job } from "../store/jobs.ts";

/**
 * A kind of work that is done from the database. It may be run twice (a worker that died was half through), so whatever it does
 * outside a transaction has to be idempotent. What it throws is kept in `last_error` and it runs again later.
 */
export interface JobKind {
  kind: string;
  /** Runs again so long after it ended; there is then one job of this kind with the key "". */
  everyMs?: number;
  /** And at once when the process starts. */
  atStart?: boolean;
  run(job: Job): Promise<void>;
}
