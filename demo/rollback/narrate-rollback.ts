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
  const once = (part: string, voice: Voice, text: string, at?: number) => {
    if (said.has(part)) return;
    said.add(part);
    timeline.say(voice, text, at);
  };
  return {
    look(rollback) {
      const first = ledger.entries(ECHO).find((entry) => entry.sentAt >= since && isHarmed(entry));
      if (first) once("error", "attack", `partners get ${first.status} from /echo`, first.sentAt);
      if (!rollback) return;
      const { alarm, reason, status, proposal, proof, applied_at } = rollback;
      const after = seconds(alarm.at - since);
      once("alarm", "seen", `${alarm.errors} of ${alarm.requests} requests failed: alarm ${after} after the sync`);
      once("cause", "decided", reason);
      if (applied_at !== null)
        once(
          "live",
          "done",
          `the change is taken back on the gateway, ${seconds(applied_at - alarm.at)} after the alarm`,
        );
      if (proposal !== null)
        once(`git ${proposal.outcome}`, "done", `${proposal.url ?? "no pull request"}: ${proposal.outcome}`);
      if (proof !== null) once("proof", "effect", describeProof(proof));
      if (["undone", "failed", "proposed"].includes(status)) once(status, "warning", `${status}: ${reason}`);
    },
  };
}
