import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { openRepository } from "../rollback/git/open-repository.ts";
import { SHA } from "../rollback/git/repository.ts";
import { planRevert, proposeRevert, type RevertPlan } from "../rollback/git/revert.ts";

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** `revert SHA`: shows what taking the commit back would change; with `--propose` opens it for review. Never merges. */
export async function revert(sha: string | undefined, options: { propose: boolean }): Promise<void> {
  const config = readConfig(process.env);
  const repository = openRepository(config);
  const plan = await planRevert(repository, wholeSha(sha));
  tell(plan);
  if (!options.propose) {
    if (plan.patch.files.length > 0) write("Nothing was written; add --propose to open it for review.");
    return;
  }
  const reasons = {
    incident: "by-hand",
    evidence: ["An operator asked for it."],
    blast_radius: ["Not measured."],
    publicUrl: config.PUBLIC_URL ?? "",
  };
  const { proposal, reason } = await proposeRevert(repository, plan, reasons, false);
  write(
    proposal === null ? `Nothing was proposed: ${reason}.` : `Proposed: ${proposal.url ?? `branch ${proposal.branch}`}`,
  );
}

function tell({ commit, patch }: RevertPlan): void {
  write(`Taking back ${commit.sha} "${commit.message.split("\n")[0]}":`);
  for (const key of patch.entities) write(`  goes back  ${key}`);
  for (const { key, field, reason } of patch.conflicts)
    write(`  conflict   ${key}${field === undefined ? "" : ` ${field}`}: ${reason}`);
  for (const { path, text } of patch.files) write(`  ${text === null ? "removes" : "writes "}    ${path}`);
  if (patch.files.length === 0) write("  nothing is left to take back");
}

function wholeSha(sha: string | undefined): string {
  if (sha !== undefined && SHA.test(sha)) return sha;
  throw new AgentError("INVALID_REQUEST", {
    problems: "give the commit's whole sha, 40 hex digits (git rev-parse REF)",
  });
}

/** `hold list`, and `hold release SHA`: from then on the sync takes the commit again. */
export async function hold(what: string | undefined, sha: string | undefined): Promise<void> {
  const repository = openRepository(readConfig(process.env));
  if (what === "release") {
    const found = await repository.release(wholeSha(sha));
    write(found ? `Released ${sha}; the next sync applies it.` : `There is no hold on ${sha}.`);
    return;
  }
  if (what !== "list") throw new AgentError("INVALID_REQUEST", { problems: "hold takes list or release SHA" });
  const holds = await repository.holds();
  for (const { sha: held, until, incident } of holds)
    write(`${held} until ${new Date(until * 1000).toISOString()} for ${incident}`);
  if (holds.length === 0) write("There are no holds.");
}
