import type { Config } from "../config.ts";
import type { JobKind } from "../jobs/job-kind.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Rollback } from "../store/rollbacks.ts";
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
import { carryOutRollback, VERIFY_ROLLBACK_JOB } from "./live/carry-out.ts";
import { type PublicProofKey, rotateProofKey } from "./live/proof-keys.ts";
import { undoByOperator } from "./live/undo-by-operator.ts";
import { verifyRollback } from "./live/verify.ts";
import { REVERT_JOB, ROLLBACK_JOB } from "./record.ts";
import type { RollbackParts } from "./rollback-parts.ts";
import { ErrorMonitor } from "./symptom/monitor.ts";
import { lagOf, type SourcesConfig, sourceJobs } from "./symptom/sources/count-errors-job.ts";
import { WATCH_ERRORS_EVERY_MS, WATCH_ERRORS_JOB, watchErrors } from "./watch-errors-job.ts";

/** The rollback half of the response: history, errors, cause, live rollback, git. */
export interface RollbackEngine {
  kinds: readonly JobKind[];
  /** Puts a change that was taken back in force again. Throws `NOT_FOUND`, `NOT_UNDOABLE`, `KILL_SWITCH_ON` or `GATEWAY_DOWN`. */
  undoRollback(id: string, by: string): Promise<Rollback>;
  /** Another key signs from now on; all that ever did. Throws `PROOF_KEY_GIVEN`. */
  rotateProofKey(by: string): Promise<PublicProofKey[]>;
}

export type RollbackConfig = RepositoryConfig & SourcesConfig & Partial<Pick<Config, "PROOF_KEY">>;

export function createRollback(response: ResponseParts, config: RollbackConfig): RollbackEngine {
  const pace = new ReadingPace();
  const isNamed = config.GITHUB_REPOSITORY !== undefined || config.GIT_REMOTE_URL !== undefined;
  const parts: RollbackParts = {
    response,
    monitor: new ErrorMonitor(),
    lag: () => lagOf(response, config),
    proofKey: config.PROOF_KEY,
    repository: isNamed ? openRepository(config) : null,
  };
  return {
    kinds: [
      { kind: WATCH_CONFIGURATION_JOB, everyMs: WATCH_CONFIGURATION_EVERY_MS, run: () => watchAtPace(response, pace) },
      { kind: WATCH_ERRORS_JOB, everyMs: WATCH_ERRORS_EVERY_MS, run: () => watchErrors(parts) },
      { kind: ROLLBACK_JOB, run: (job) => carryOutRollback(response, job.key) },
      { kind: VERIFY_ROLLBACK_JOB, run: (job) => verifyRollback(parts, job.key) },
      { kind: REVERT_JOB, run: (job) => followInGit(parts, job.key) },
      ...sourceJobs(response, config),
      { kind: EXPLAIN_JOB, run: (job) => explainChange(parts, job.key) },
    ],
    undoRollback: (id, by) => undoByOperator(response, id, by),
    rotateProofKey: (by) => rotateProofKey(response, config.PROOF_KEY, by),
  };
}

/** Without a repository there is nothing to look in. */
async function explainChange({ response, repository }: RollbackParts, id: string): Promise<void> {
  if (repository !== null) await explainByCommit(response, repository, id);
}
