/** Tells a rollback as the agent's API shows it, each part once, when it is there. */
import { isHarmed, type Ledger } from "../ledger.ts";
import type { Timeline, Voice } from "../timeline.ts";
import type { RollbackView } from "./bad-commit.ts";
import { ECHO } from "./bad-commit.ts";
import { describeProof } from "./proof.ts";

export interface RollbackNarrator {
  look(rollback: RollbackView | undefined): void;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function createRollbackNarrator(timeline: Timeline, ledger: Ledger, since: number): RollbackNarrator {
  const said = new Set<string>();
  const once = (voice: Voice, text: string | undefined, at?: number) => {
    if (text === undefined || said.has(text)) return;
    said.add(text);
    timeline.say(voice, text, at);
  };
  return {
    look(rollback) {
      const first = ledger.entries(ECHO).find((entry) => entry.sentAt >= since && isHarmed(entry));
      if (first && said.size === 0) once("attack", `partners get ${first.status} from /echo`, first.sentAt);
      if (!rollback) return;
      const { alarm, suspects, proposal, proof, applied_at } = rollback;
      once(
        "seen",
        `${alarm.errors} of ${alarm.requests} requests failed: alarm ${seconds(alarm.at - since)} after the sync`,
      );
      once("decided", `${rollback.reason}; ${suspects[0]?.reasons.join("; ") ?? "nothing explains it"}`);
      if (applied_at !== null)
        once("done", `the change is taken back on the gateway, ${seconds(applied_at - alarm.at)} after the alarm`);
      if (proposal !== null) once("done", `${proposal.url ?? "no pull request"}: ${proposal.outcome}`);
      if (proof !== null) once("effect", describeProof(proof));
      if (["undone", "failed", "proposed"].includes(rollback.status))
        once("warning", `${rollback.status}: ${rollback.reason}`);
    },
  };
}
