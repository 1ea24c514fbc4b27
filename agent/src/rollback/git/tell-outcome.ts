import { forMarkdown } from "../../redaction/outlets.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { isDryRun } from "../../response-parts.ts";
import type { RevertRecord } from "../../store/rollback-tables.ts";
import type { Rollback } from "../../store/rollbacks.ts";
import type { Proof } from "../live/proof.ts";
import { keyId } from "../live/proof.ts";
import { textOf } from "../live/prove-recovery.ts";
import { keepRecord } from "./keep-record.ts";
import { type Proposal, type Repository, RepositoryError } from "./repository.ts";

/** What the end of a rollback means for its revert; nothing where that is told already. A crash in between says it twice at worst. */
export async function tellOutcome(
  response: ResponseParts,
  repository: Repository,
  rollback: Rollback,
  record: RevertRecord,
): Promise<void> {
  if (rollback.status === record.told) return;
  if (rollback.status === "recovered") return tellRecovery(response, repository, rollback, record);
  if (rollback.status !== "undone" && rollback.status !== "failed") return;
  if (record.held && record.sha !== null) await repository.release(record.sha);
  const text = `The rollback ended as ${rollback.status}: ${forMarkdown(rollback.reason)}`;
  const advice =
    rollback.status === "undone"
      ? "The change is in force again, and its commit is not held any more. Close this unless the commit is to go for another reason."
      : "The commit is not held any more. A human has to look at it.";
  if (record.made !== null) await comment(repository, record.made, `${text}\n\n${advice}`);
  const outcome = `left to a human: the rollback was ${rollback.status}`;
  await keepRecord(response, rollback, { ...record, held: false, told: rollback.status, outcome }, "git");
}

async function tellRecovery(
  response: ResponseParts,
  repository: Repository,
  rollback: Rollback,
  record: RevertRecord,
): Promise<void> {
  const { made } = record;
  const outcome = made === null ? record.outcome : await mergeIfAllowed(response, repository, made);
  if (made !== null && rollback.proof !== null) await comment(repository, made, proofComment(rollback.proof));
  await keepRecord(response, rollback, { ...record, told: "recovered", outcome }, "proved, and in git");
}

async function mergeIfAllowed(response: ResponseParts, repository: Repository, made: Proposal): Promise<string> {
  if (made.state !== "open") return `the proposal is ${made.state} already`;
  if (made.draft) return "it has conflicts: a human decides";
  if (!response.policy().document.rollback.merge) return "a human decides (rollback.merge is off)";
  const stopped = isDryRun(response) ? "dry run" : await response.mayAct("start");
  if (stopped !== null) return `a human decides: ${stopped}`;
  const { outcome, detail } = await repository.merge(made);
  return `${outcome}: ${detail}`;
}

/** A pull request that somebody locked or removed takes no comment; that keeps nothing else from being done. */
async function comment(repository: Repository, made: Proposal, text: string): Promise<void> {
  await repository.comment(made, text).catch((error: unknown) => {
    if (!(error instanceof RepositoryError) || error.retryable) throw error;
  });
}

/** For people, with what `threat-response verify-proof` reads. */
function proofComment(proof: Proof): string {
  // Nothing in it ends the block: data planes and routes have names that others gave.
  const json = JSON.stringify(proof).replaceAll("`", "\\u0060");
  return [
    `### Recovery is proved: ${forMarkdown(textOf(proof))}`,
    "",
    `Signed with key \`${keyId(proof.public_key)}\`. To check it: save this comment as a file, and run \`threat-response verify-proof FILE\`.`,
    "",
    "```json",
    json,
    "```",
  ].join("\n");
}
