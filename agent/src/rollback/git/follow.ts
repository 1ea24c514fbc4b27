import type { ResponseParts } from "../../response-parts.ts";
import { getChange } from "../../store/history.ts";
import type { RevertRecord, RollbackStatus } from "../../store/rollback-tables.ts";
import { getRollback, type Rollback } from "../../store/rollbacks.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { findCommit } from "./find-commit.ts";
import { keepRecord } from "./keep-record.ts";
import { optedOut } from "./opt-out.ts";
import type { Repository } from "./repository.ts";
import { holdOf, proposeRevert, type RevertPlan } from "./revert.ts";
import { tellOutcome } from "./tell-outcome.ts";

/** Put back on the gateway, as far as is known now: the sync must not bring it again. */
const IN_FORCE: readonly RollbackStatus[] = ["verifying", "recovered"];

/**
 * Makes git follow what became of a rollback: finds the commit that brought the change, holds it and proposes its revert; merges that
 * when the recovery is proved, and lets go when the rollback was undone. Run again, it finds what it made.
 */
export async function followInGit(parts: RollbackParts, id: string): Promise<void> {
  const { response, repository } = parts;
  const rollback = await getRollback(response.db, id);
  if (rollback === null || repository === null || rollback.change_id === null) return;
  if (rollback.proposal !== null) return tellOutcome(response, repository, rollback, rollback.proposal);
  if (rollback.status === "undone") return;
  const record = await propose(response, repository, rollback);
  if (record === null) return;
  await keepRecord(response, rollback, record, `revert${record.sha === null ? "" : ` of ${record.sha.slice(0, 7)}`}`);
  // Settled while the proposal was made: what is to be said there is said now.
  const now = await getRollback(response.db, id);
  if (now !== null) await tellOutcome(response, repository, now, record);
}

async function propose(
  response: ResponseParts,
  repository: Repository,
  rollback: Rollback,
): Promise<RevertRecord | null> {
  const change = await getChange(response.db, rollback.change_id ?? "");
  const culprits = rollback.verdict.suspects[0]?.culprits ?? [];
  const plan = change === null ? null : await findCommit(response, repository, change, culprits);
  if (plan === null) return nothingIn(rollback, "no commit of the configuration explains the change");
  const refused = optedOut(response, plan.commit);
  if (refused !== null) return { ...nothingIn(rollback, `git is left alone: ${refused}`), sha: plan.commit.sha };
  const held = IN_FORCE.includes(rollback.status);
  if (held) await hold(response, repository, plan, rollback);
  // Nothing is merged before the recovery is proved.
  const { proposal, reason } = await proposeRevert(repository, plan, reasonsOf(response, rollback), false);
  const outcome = reason ?? (proposal?.draft ? "it has conflicts: a human decides" : "open");
  return { ...nothingIn(rollback, outcome), sha: plan.commit.sha, held, made: proposal, ...linksOf(proposal) };
}

const linksOf = (proposal: RevertRecord["made"]) => ({ url: proposal?.url ?? null, branch: proposal?.branch ?? null });

/** As far as it is told by the proposal itself, nothing of the rollback's end is known yet. */
const nothingIn = ({ status }: Rollback, outcome: string): RevertRecord => ({
  sha: null,
  url: null,
  branch: null,
  outcome,
  held: false,
  made: null,
  told: status === "recovered" ? "verifying" : status,
});

function hold({ policy, now }: ResponseParts, repository: Repository, plan: RevertPlan, rollback: Rollback) {
  const until = Math.floor(now() / 1000) + policy().document.rollback.hold_s;
  return repository.hold(holdOf(plan, rollback.incident_id, until));
}

function reasonsOf({ publicUrl }: ResponseParts, { verdict, alarm, routes, incident_id }: Rollback) {
  const [first, ...others] = verdict.suspects;
  const share = Math.round((100 * alarm.errors) / Math.max(1, alarm.requests));
  return {
    incident: incident_id,
    evidence: [
      `${share} % of ${alarm.requests} requests had errors since ${new Date(alarm.onset).toISOString()}`,
      ...(first?.reasons ?? []),
      ...others.slice(0, 5).map(({ change, reasons }) => `not change ${change.slice(0, 8)}: ${reasons.join(", ")}`),
    ],
    blast_radius: routes.map((route) => (route === "" ? "requests without a route" : `route ${route}`)),
    publicUrl,
  };
}
