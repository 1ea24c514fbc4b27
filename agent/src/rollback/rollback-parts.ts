import type { ResponseParts } from "../response-parts.ts";
import type { Repository } from "./git/repository.ts";
import type { ErrorMonitor } from "./symptom/monitor.ts";

/** What the steps of a rollback work with. Built once. */
export interface RollbackParts {
  response: ResponseParts;
  monitor: ErrorMonitor;
  /** Counts of a slot are whole so many milliseconds after its end. */
  lag: () => Promise<number>;
  /** Signs proofs, in PEM; without one the store keeps a key. */
  proofKey: string | undefined;
  /** Null when no repository is configured: then only the gateway is put back. */
  repository: Repository | null;
}
