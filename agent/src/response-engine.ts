import type { Answer } from "./approvals/decide-approval.ts";
import type { Approval } from "./approvals/read.ts";
import type { Config } from "./config.ts";
import type { JobKind } from "./jobs/job-kind.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Replay } from "./planning/create-replays.ts";
import type { PlanToPreview } from "./planning/preview-of.ts";
import type { Reviewed } from "./policy/index.ts";
import type { PublicProofKey } from "./rollback/live/proof-keys.ts";
import type { Action } from "./store/actions.ts";
import type { Db } from "./store/db.ts";
import type { Rollback } from "./store/rollbacks.ts";

/** What the response half is given. */
export interface EngineOptions {
  config: Config;
  db: Db;
  log: Log;
  metrics: Metrics;
  /** After a commit that enqueued jobs: they run now instead of at the next poll. */
  wake: () => void;
  /** Where the agent listens; it is asked only when the agent does. */
  ownUrl: () => string;
}

/** What the response half (classify, decide, act, verify, notify) offers to the rest of the agent. */
/** What the gateway is that the agent writes to, as it says itself. */
export interface DriverState {
  name: string;
  ok: boolean;
  detail: string | null;
  /** In plain words; empty where it could not be asked. */
  cannot: readonly string[];
}

export interface ResponseEngine {
  /** `respond` among them: correlation enqueues it, keyed by the incident's id, when an incident is new or has grown. */
  kinds: readonly JobKind[];
  /** Ends an action early; `by` names the operator. Throws `NOT_FOUND` or `NOT_UNDOABLE`. */
  undo(actionId: string, by: string): Promise<Action>;
  /** Throws `NOT_FOUND`, `APPROVAL_OVER`, `APPROVAL_TWICE`, `APPROVAL_CHANGED` or `KILL_SWITCH_ON`. */
  approve(approvalId: string, answer: Answer): Promise<Approval>;
  reject(approvalId: string, answer: Answer): Promise<Approval>;
  /** What a plan would have done to the traffic of the last minutes. Writes nothing. Throws `NOT_FOUND` or `INVALID_REQUEST`. */
  preview(plan: PlanToPreview): Promise<Reviewed>;
  /** What a change of decK's files would have done to it. Writes nothing. Throws `INVALID_REQUEST` or `GATEWAY_UNREAD`. */
  replay: Replay;
  /** Puts a change that was taken back in force again. Throws `NOT_FOUND`, `NOT_UNDOABLE`, `KILL_SWITCH_ON` or `GATEWAY_DOWN`. */
  undoRollback(rollbackId: string, by: string): Promise<Rollback>;
  /** Another key signs proofs from now on. Throws `PROOF_KEY_GIVEN`. */
  rotateProofKey(by: string): Promise<PublicProofKey[]>;
  /** Can the gateway's configuration be reached? Answers within a few seconds and never throws. */
  driver(): Promise<DriverState>;
  claude: { enabled: boolean; model: string | null };
  close(): Promise<void>;
}
