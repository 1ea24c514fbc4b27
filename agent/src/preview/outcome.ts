import type { RecordedRequest } from "./recorded-request.ts";

/**
 * What becomes of a request. `rejected`: authentication answered, so who guesses passwords learns something. `stopped`: anything
 * else answered in place of the service.
 */
export interface Outcome {
  kind: "passed" | "rejected" | "stopped";
  /** The plugin, `decision`, `hot-patch` or `router` that ended it; null when it passed. */
  by: string | null;
  status: number | null;
  /** What would have had to be recorded to be sure, or null. */
  unsure: string | null;
}

export const PASSED: Outcome = { kind: "passed", by: null, status: null, unsure: null };
export const stoppedBy = (by: string, status: number): Outcome => ({ kind: "stopped", by, status, unsure: null });
export const rejectedBy = (by: string): Outcome => ({ kind: "rejected", by, status: 401, unsure: null });
export const unsure = (by: string, missing: string): Outcome => ({ kind: "passed", by, status: null, unsure: missing });

/** One step of a request's way: what it does to the request, or null when it lets it pass. */
export type Check = (request: RecordedRequest) => Outcome | null;
