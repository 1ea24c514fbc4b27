import type { Db } from "../store/db.ts";
import { expireDecisions } from "../store/decisions.ts";
import type { JobKind } from "./job-kind.ts";

/** Gateways end decisions by themselves; this takes them out of the feed. */
export function expireDecisionsJob(db: Db): JobKind {
  return {
    kind: "expire-decisions",
    everyMs: 5_000,
    run: async () => {
      await expireDecisions(db);
    },
  };
}
