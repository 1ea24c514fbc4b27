import type { AppliedChange, Configuration, DataPlane } from "../drivers/gateway.ts";
import type { Verdict } from "../rollback/cause/attribute.ts";
import type { Proposal } from "../rollback/git/repository.ts";
import type { EntityDiff } from "../rollback/history/diff.ts";
import type { Proof } from "../rollback/live/proof.ts";
import type { ErrorKind } from "../rollback/symptom/monitor.ts";
import type { Alarm } from "../rollback/symptom/watch-errors.ts";

/** Tables of the configuration's history and of rollbacks; part of `Database`. */
export interface RollbackTables {
  /** Each content once. Secrets are fingerprints in it. */
  configurations: {
    gateway: string;
    hash: string;
    first_seen_at: number;
    last_seen_at: number;
    entities: Configuration["entities"];
  };
  configuration_changes: {
    id: string;
    gateway: string;
    seen_at: number;
    /** The earliest moment at which it can have been in force. */
    applied_at: number;
    before_hash: string;
    after_hash: string;
    diffs: EntityDiff[];
    /** All of it is this agent's own doing. */
    by_agent: boolean;
    /** Read from the gateway, or from a dump that somebody imported: that one is never taken back without a human. */
    origin: "gateway" | "import";
    /** Of the state files' repository: the one that explains it, where one does. */
    commit: ExplainingCommit | null;
  };
  /** What others said was done; it only adds a name and a commit to a change that was seen. */
  change_markers: {
    id: string;
    gateway: string;
    at: number;
    sha: string | null;
    actor: string;
    note: string;
    source: MarkerSource;
  };
  /** Of gateways without the plugin: what their counters, or Konnect, said last. */
  metric_readings: {
    gateway: string;
    source: string;
    /** Until when it counted. */
    at: number;
    /** The source asked for patience until then. */
    not_before: number;
    counters: Record<string, number>;
  };
  rollbacks: RollbackTable;
  /** At most one is in use; of the others only the public half is kept, so that old proofs can still be checked. */
  proof_keys: ProofKeyTable;
  /** The first message about an incident, which the later ones answer to. */
  slack_threads: { channel: string; incident_id: string; ts: string; created_at: number };
}

export interface ProofKeyTable {
  /** Begin of the public key's SHA-256. */
  id: string;
  /** SPKI in base64. */
  public_key: string;
  /** PKCS #8 in base64; null where it is retired, or kept in the environment. */
  private_key: string | null;
  created_at: number;
  retired_at: number | null;
}

export type MarkerSource = "ci" | "import" | "konnect";

export interface ExplainingCommit {
  sha: string;
  author: string;
  subject: string;
  /** Epoch milliseconds. */
  at: number;
}

/**
 * proposed: a human decides. dry_run: would be carried out. verifying: carried out, being measured. recovered: proved.
 * undone: it did not help, or an operator took it back. failed: it could not be carried out. not_configuration: nothing to take back.
 */
export const ROLLBACK_STATUSES = [
  "proposed",
  "dry_run",
  "planned",
  "verifying",
  "recovered",
  "undone",
  "failed",
  "not_configuration",
] as const;
export type RollbackStatus = (typeof ROLLBACK_STATUSES)[number];

export interface RevertRecord {
  /** The commit that brought the change; null when none explains it. */
  sha: string | null;
  url: string | null;
  branch: string | null;
  outcome: string;
  /** Until the hold is released or over. */
  held: boolean;
  /** The proposal itself; null when there is nothing to propose. */
  made: Proposal | null;
  /** The state of the rollback that was told there last. */
  told: RollbackStatus;
}

export interface RollbackTable {
  id: string;
  gateway: string;
  incident_id: string;
  change_id: string | null;
  status: RollbackStatus;
  /** With errors. */
  routes: string[];
  alarm: Alarm;
  /** What the alarms counted; recovery is measured by the same. */
  error_kinds: ErrorKind[];
  verdict: Verdict;
  /** What they ran on before anything was written. */
  data_planes: DataPlane[];
  /** What was written, in order. */
  changes: AppliedChange[];
  reason: string;
  /** What became of the commit in git. */
  proposal: RevertRecord | null;
  proof: Proof | null;
  created_at: number;
  applied_at: number | null;
  updated_at: number;
}
