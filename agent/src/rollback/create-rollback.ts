import { AgentError } from "../errors.ts";
import type { JobKind } from "../jobs/job-kind.ts";
import type { ResponseParts } from "../response-parts.ts";
import { getRollback, type Rollback } from "../store/rollbacks.ts";
import { followInGit } from "./git/follow.ts";
import { openRepository, type RepositoryConfig } from "./git/open-repository.ts";
import { explainByCommit } from "./history/explain.ts";
import {
  EXPLAIN_JOB,
  ReadingPace,
  WATCH_CONFIGURATION_EVERY_MS,
  WATCH_CONFIGURATION_JOB,
  watchAtPace,
} from "./history/watch-configuration.ts";
import { carryOutRollback, undoRollback, VERIFY_ROLLBACK_JOB } from "./live/carry-out.ts";
import { createSigner } from "./live/proof.ts";
import { verifyRollback } from "./live/verify.ts";
import { REVERT_JOB, ROLLBACK_JOB } from "./record.ts";
import type { RollbackParts } from "./rollback-parts.ts";
import { ErrorMonitor } from "./symptom/monitor.ts";
import { lagOf, type SourcesConfig, sourceJobs } from "./symptom/sources/count-errors-job.ts";
import { WATCH_ERRORS_EVERY_MS, WATCH_ERRORS_JOB, watchErrors } from "./watch-errors-job.ts";

/** The rollback half of the response: history, errors, cause, live rollback, git. */
export interface RollbackEngine {
  kinds: readonly JobKind[];
  /** Puts a change that was taken back in force again. Throws `NOT_FOUND` or `NOT_UNDOABLE`. */
  undo(id: string, by: string): Promise<Rollback>;
}

export function createRollback(response: ResponseParts, config: RepositoryConfig & SourcesConfig): RollbackEngine {
  const pace = new ReadingPace();
  const isNamed = config.GITHUB_REPOSITORY !== undefined || config.GIT_REMOTE_URL !== undefined;
  const parts: RollbackParts = {
    response,
    monitor: new ErrorMonitor(),
    lag: () => lagOf(response, config),
    signer: createSigner(),
    repository: isNamed ? openRepository(config) : null,
  };
  return {
    kinds: [
      { kind: WATCH_CONFIGURATION_JOB, everyMs: WATCH_CONFIGURATION_EVERY_MS, run: () => watchAtPace(response, pace) },
      { kind: WATCH_ERRORS_JOB, everyMs: WATCH_ERRORS_EVERY_MS, run: () => watchErrors(parts) },
      { kind: ROLLBACK_JOB, run: (job) => carryOutRollback(parts, job.key) },
      { kind: VERIFY_ROLLBACK_JOB, run: (job) => verifyRollback(parts, job.key) },
      { kind: REVERT_JOB, run: (job) => followInGit(parts, job.key) },
      ...sourceJobs(response, config),
      { kind: EXPLAIN_JOB, run: (job) => explainChange(parts, job.key) },
    ],
    undo: (id, by) => undo(parts, id, by),
  };
}

/** Without a repository there is nothing to look in. */
async function explainChange({ response, repository }: RollbackParts, id: string): Promise<void> {
  if (repository !== null) await explainByCommit(response, repository, id);
}

async function undo(parts: RollbackParts, id: string, by: string): Promise<Rollback> {
  const { db } = parts.response;
  const rollback = await getRollback(db, id);
  if (rollback === null) throw new AgentError("NOT_FOUND");
  if (rollback.status !== "verifying" && rollback.status !== "recovered")
    throw new AgentError("NOT_UNDOABLE", { status: rollback.status });
  await undoRollback(parts, rollback, `by ${by}`);
  return (await getRollback(db, id)) ?? rollback;
}
