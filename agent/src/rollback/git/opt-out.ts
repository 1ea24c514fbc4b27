import { setTimeout as sleep } from "node:timers/promises";
import type { ResponseParts } from "../../response-parts.ts";
import type { ChangeRow } from "../../store/history.ts";
import type { EntityDiff } from "../history/diff.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { planIfTouching, recentCommits } from "./find-commit.ts";
import type { Commit, Repository } from "./repository.ts";

/** Taking back live waits no longer for git; what is taken back can be put in force again. */
const PATIENCE_MS = 1_500;

/** Why the commit must not be taken back without a human, or null. */
export function optedOut({ policy }: ResponseParts, { message, author }: Commit): string | null {
  const { opt_out, protected_authors } = policy().document.rollback;
  const asks = (line: string) => opt_out.some((trailer) => line.toLowerCase().startsWith(trailer.toLowerCase()));
  if (message.split("\n").some(asks)) return "the commit's message asks not to be reverted";
  const names = [author.name, author.email, author.login ?? ""];
  return protected_authors.some((name) => names.includes(name))
    ? `its author ${author.name} is protected by the policy`
    : null;
}

/** The same for the commit that brought the change, looked for in git; null as well where git does not answer in time. */
export async function whyCommitRefuses(
  { response, repository }: RollbackParts,
  change: ChangeRow,
  culprits: readonly EntityDiff[],
): Promise<string | null> {
  if (repository === null) return null;
  const timer = new AbortController();
  const look = lookForRefusal(response, repository, change, culprits);
  const late = sleep(PATIENCE_MS, "late" as const, { signal: timer.signal }).catch(() => null);
  try {
    const found = await Promise.race([look, late]);
    if (found !== "late") return found;
    throw new Error(`git did not answer within ${PATIENCE_MS} ms`);
  } catch (error) {
    const text = "It is not known whether the commit asks not to be reverted";
    response.log.warn({ error: (error as Error).message, change: change.id }, text);
    return null;
  } finally {
    timer.abort();
    look.catch(() => undefined);
  }
}

/** Only commits that refuse are looked into: mostly there is none. */
async function lookForRefusal(
  response: ResponseParts,
  repository: Repository,
  change: ChangeRow,
  culprits: readonly EntityDiff[],
): Promise<string | null> {
  for (const commit of await recentCommits(repository, change.applied_at)) {
    const reason = optedOut(response, commit);
    if (reason === null) continue;
    if ((await planIfTouching(response, repository, { sha: commit.sha, change, culprits })) !== null) return reason;
  }
  return null;
}
