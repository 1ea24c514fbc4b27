import type { Place } from "./github.ts";
import { ask, statusOf } from "./github-client.ts";
import type { MergeOutcome, Proposal } from "./repository.ts";

const ARM = `mutation($id: ID!, $head: GitObjectID!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH, expectedHeadOid: $head }) {
    pullRequest { number }
  }
}`;

/**
 * Arms GitHub's auto-merge, so that required checks still decide. Where nothing is pending GitHub refuses to arm; then it is
 * merged, bound to the very commit that was proposed. Whatever stands in the way leaves it open, with the reason.
 */
export async function armOrMerge(place: Place, proposal: Proposal): Promise<MergeOutcome> {
  const { client, owner, repo } = place;
  const { number } = proposal;
  if (number === null) return { outcome: "left", detail: "there is no pull request" };
  const { data } = await ask("the pull request", () => client.rest.pulls.get({ owner, repo, pull_number: number }));
  if (data.merged) return { outcome: "merged", detail: "it was merged already" };
  if (data.draft) return { outcome: "left", detail: "it is a draft: a human has to look at it" };
  if (data.head.sha !== proposal.sha) return { outcome: "left", detail: "somebody pushed to its branch" };
  try {
    await client.graphql(ARM, { id: data.node_id, head: proposal.sha });
    return { outcome: "armed", detail: "it is merged when its checks pass" };
  } catch (error) {
    if (!mayMergeNow(error)) return { outcome: "left", detail: `auto-merge was refused: ${messageOf(error)}` };
  }
  try {
    await client.rest.pulls.merge({ owner, repo, pull_number: number, merge_method: "squash", sha: proposal.sha });
    return { outcome: "merged", detail: "nothing was pending, so it was merged" };
  } catch (error) {
    const status = statusOf(error);
    if (status === 405 || status === 409)
      return { outcome: "left", detail: `it cannot be merged: ${messageOf(error)}` };
    return ask("merging", () => Promise.reject(error));
  }
}

/** GitHub says so in words only: nothing to wait for, or auto-merge is switched off for the repository. */
function mayMergeNow(error: unknown): boolean {
  return /clean status|unstable status|auto.?merge is not allowed/i.test(messageOf(error));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);
