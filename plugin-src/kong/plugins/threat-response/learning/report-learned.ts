import type { Config, Instance } from "../configure.ts";
import type { LearnedRecord } from "../contract/ingest.ts";
import { nextRecordId } from "../record-id.ts";
import { enqueue } from "../report.ts";
import { reviewThreshold } from "./ballot.ts";
import { takePending } from "./pending.ts";
import { takeScores } from "./route-scores.ts";

/** Tells the agent what this worker has learned; without an agent what follows from it is drawn here. */
const EVERY_S = 5;

let flushedAt = 0;

const limitsOf = ({ config }: Instance): LearnedRecord["scores"][number]["limits"] => ({
  block: config.thresholds.block,
  max_threshold: config.learning.max_threshold,
  min_requests: config.learning.min_requests,
  stopped_share: config.learning.stopped_share,
});

const report = (config: Config, taken: ReturnType<typeof takeScores>, now: number): void => {
  const { votes, used } = takePending();
  if (taken.length === 0 && votes.length === 0 && used.length === 0) return;
  const scores: LearnedRecord["scores"] = [];
  for (const { route_id, buckets, instance } of taken) scores.push({ route_id, buckets, limits: limitsOf(instance) });
  enqueue(config, {
    type: "learned",
    id: nextRecordId(),
    window_start: flushedAt,
    window_s: Math.max(1, now - flushedAt),
    scores,
    votes,
    used,
  });
};

/** Every few seconds, and when the worker leaves. `config` is the one through which the plugin reports about itself. */
export const flushLearned = (config: Config | undefined, now: number, isLast: boolean): void => {
  if (flushedAt === 0) flushedAt = now;
  if (!isLast && now - flushedAt < EVERY_S) return;
  const taken = takeScores();
  if (config !== undefined) report(config, taken, now);
  else for (const { route_id, instance } of taken) reviewThreshold(instance, route_id);
  flushedAt = now;
};
