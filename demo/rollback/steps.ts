/** What has to hold for the chapter of the bad commit, judged by what was measured. */
import { percent } from "../chapter.ts";
import { isHarmed } from "../ledger.ts";
import type { Step } from "../steps.ts";
import type { BadCommit } from "./bad-commit.ts";

const since = (from: number | undefined, to: number | null | undefined): string =>
  from === undefined || to === undefined || to === null ? "never" : `${((to - from) / 1000).toFixed(1)} s`;

export function stepsOfBadCommit(story: BadCommit): Step[] {
  const { rollback, sha, restoredAt, afterwards } = story;
  const culprit = rollback?.suspects[0]?.culprits[0];
  const back = afterwards.filter((entry) => !isHarmed(entry)).length;
  const isFound = culprit?.after?.name === "request-termination" && rollback?.proposal?.sha === sha;
  const name = (what: string) => `bad commit: ${what}`;
  return [
    {
      name: name("plugin and commit were found"),
      held: isFound,
      seen: `${culprit?.after?.name ?? "nothing"}, alarm after ${since(story.syncedAt, rollback?.alarm.at)}`,
    },
    {
      name: name("taken back, partners are served again"),
      held: rollback?.status === "recovered" && restoredAt !== undefined,
      seen: `${since(rollback?.alarm.at, restoredAt)} after the alarm`,
    },
    {
      name: name("reverted in git, to the byte"),
      held: story.isFileBack,
      seen: rollback?.proposal?.outcome ?? "no pull request",
    },
    {
      name: name("a sync does not bring it back"),
      held: story.again.refused !== null && story.last.refused === null && back === afterwards.length && back > 0,
      seen: `${story.again.refused === null ? "not refused" : "refused"}; then main: ${story.last.writes} writes, ${percent(back, afterwards.length)} served`,
    },
    {
      name: name("its proof of recovery is signed"),
      held: story.isProofValid,
      seen: `${story.errors} of ${story.requests} requests failed in all`,
    },
  ];
}
