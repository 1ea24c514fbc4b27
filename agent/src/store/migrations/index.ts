import type { Migration } from "kysely";
import * as ground from "./0001-ground.ts";
import * as learned from "./0003-learned.ts";
import * as plannedChanges from "./0004-planned-changes.ts";
import * as gatewayReports from "./0010-gateway-reports.ts";
import * as writerLeases from "./0020-writer-leases.ts";
import * as rails from "./0040-rails.ts";
import * as verification from "./0060-verification.ts";
import * as rollback from "./0070-rollback.ts";
import * as baselines from "./0080-baselines.ts";
import * as historySources from "./0090-history-sources.ts";
import * as proof from "./0100-proof.ts";
import * as wholePlans from "./0110-whole-plans.ts";

/** In order. A migration that was released is never changed; add another. */
export const migrations: Record<string, Migration> = {
  "0001-ground": ground,
  "0003-learned": learned,
  "0004-planned-changes": plannedChanges,
  "0010-gateway-reports": gatewayReports,
  "0020-writer-leases": writerLeases,
  "0040-rails": rails,
  "0060-verification": verification,
  "0070-rollback": rollback,
  "0080-baselines": baselines,
  "0090-history-sources": historySources,
  "0100-proof": proof,
  "0110-whole-plans": wholePlans,
};
