import { correlateJob } from "../correlation/correlate.ts";
import { lifecycleJob } from "../correlation/lifecycle.ts";
import { forgetLearnedJob } from "../learning/forget-learned.ts";
import type { EngineOptions } from "../response-engine.ts";
import { expireDecisionsJob } from "./expire-decisions.ts";
import type { JobKind } from "./job-kind.ts";
import { pruneJob, retentionOf } from "./prune.ts";

/** The agent's own work; the response engine adds its kinds. */
export function ownJobs({ config, db, metrics, wake }: EngineOptions): JobKind[] {
  return [
    correlateJob({ db, metrics, wake }),
    lifecycleJob({ db, quietMs: config.QUIET_AFTER_S * 1000, resolveMs: config.RESOLVE_AFTER_S * 1000 }),
    expireDecisionsJob(db),
    forgetLearnedJob(db),
    pruneJob(db, retentionOf(config.RETENTION_DAYS)),
  ];
}
