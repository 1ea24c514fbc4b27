import { createHash } from "node:crypto";
import { forMarkdown } from "../../redaction/outlets.ts";
import { type InversePatch, invertCommit } from "../state-files/invert-commit.ts";
import {
  type Commit,
  type Hold,
  type MergeOutcome,
  type Proposal,
  type Repository,
  RepositoryError,
} from "./repository.ts";

export interface RevertPlan {
  commit: Commit;
  /** The commit of the base branch it was made on. */
  head: string;
  patch: InversePatch;
  /** Of commit, files and conflicts: what was shown is what is done. */
  hash: string;
}

/** What the pull request tells besides what it changes. */
export interface RevertReasons {
  incident: string;
  /** Lines of plain text; made safe here. */
  evidence: readonly string[];
  /** What was hit: routes, requests a minute. */
  blast_radius: readonly string[];
  publicUrl: string;
}

/** Takes the commit back on top of what is there now, on paper. Throws `RepositoryError` or `StateFileError`. */
export async function planRevert(repository: Repository, sha: string): Promise<RevertPlan> {
  const head = await repository.head();
  const commit = await repository.commit(sha);
  const parent = commit?.parents[0];
  if (commit === null) throw new RepositoryError("not_found", `there is no commit ${sha} in ${repository.name}`);
  if (parent === undefined)
    throw new RepositoryError("invalid", "the first commit of a repository cannot be taken back");
  const [good, bad, now] = await Promise.all([parent, sha, head].map((version) => repository.stateFiles(version)));
  const patch = invertCommit({ good: good ?? [], bad: bad ?? [], head: now ?? [] });
  const hash = createHash("sha256")
    .update(JSON.stringify([sha, patch.files, patch.conflicts]))
    .digest("hex");
  return { commit, head, patch, hash };
}

export interface Reverted {
  proposal: Proposal | null;
  merge: MergeOutcome | null;
  /** Why there is no proposal: nothing is left to take back, or only conflicts. */
  reason: string | null;
}

/** Opens the revert; run again after a crash it finds what is there. Conflicts make it a draft that is never merged by itself. */
export async function proposeRevert(
  repository: Repository,
  plan: RevertPlan,
  reasons: RevertReasons,
  mayMerge: boolean,
): Promise<Reverted> {
  const { patch, commit } = plan;
  if (patch.files.length === 0) {
    const reason =
      patch.conflicts.length > 0 ? "everything the commit did was changed again since" : "it is taken back already";
    return { proposal: null, merge: null, reason };
  }
  const subject = commit.message.split("\n")[0] ?? "";
  const proposal = await repository.propose({
    branch: branchOf(commit.sha, reasons.incident),
    parent: plan.head,
    files: patch.files,
    title: `Revert "${subject.slice(0, 120)}"`,
    message: messageOf(plan, reasons),
    body: bodyOf(plan, reasons),
    draft: patch.conflicts.length > 0,
    labels: ["threat-response"],
  });
  if (proposal.state !== "open") return { proposal, merge: null, reason: `the proposal is ${proposal.state} already` };
  const merge = mayMerge && !proposal.draft ? await repository.merge(proposal) : null;
  return { proposal, merge, reason: null };
}

/** One branch for a commit and an incident: whoever runs second finds it. */
export const branchOf = (sha: string, incident: string): string =>
  `threat-response/revert-${sha.slice(0, 7)}-${incident.replace(/[^A-Za-z0-9]/g, "").slice(0, 12)}`;

export const holdOf = (plan: RevertPlan, incident: string, until: number): Hold => ({
  sha: plan.commit.sha,
  until,
  incident,
});

function messageOf({ commit, hash }: RevertPlan, { incident }: RevertReasons): string {
  const subject = commit.message.split("\n")[0] ?? "";
  return [
    `Revert "${subject.slice(0, 120)}"`,
    "",
    `This reverts commit ${commit.sha}.`,
    "",
    `Threat-Response-Incident: ${incident}`,
    `Threat-Response-Plan: ${hash}`,
    "",
  ].join("\n");
}

function bodyOf(plan: RevertPlan, reasons: RevertReasons): string {
  const { commit, patch, hash } = plan;
  const lines = [
    `This reverts commit ${commit.sha}.`,
    "",
    "### Why",
    ...reasons.evidence.map((line) => `- ${plain(line)}`),
    "",
    "### What was hit",
    ...reasons.blast_radius.map((line) => `- ${plain(line)}`),
    "",
    "### What goes back",
    ...patch.entities.map((key) => `- ${plain(key)}`),
  ];
  if (patch.conflicts.length > 0) {
    lines.push("", "### What does not, and needs a human", "| entity | field | why |", "|---|---|---|");
    lines.push(
      ...patch.conflicts.map(
        ({ key, field, reason }) => `| ${plain(key)} | ${plain(field ?? "")} | ${plain(reason)} |`,
      ),
    );
  }
  lines.push(
    "",
    `Plan: \`${hash}\`. Incident: ${reasons.publicUrl}/v1/incidents/${encodeURIComponent(reasons.incident)}.`,
    "To undo: close this, or revert its merge; then release the hold with",
    `\`threat-response hold release ${commit.sha}\`.`,
  );
  return lines.join("\n");
}

const SHOWN_TEXT = 500;
const plain = (text: string): string => forMarkdown(text.slice(0, SHOWN_TEXT));
