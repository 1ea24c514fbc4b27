/** A commit that breaks a route is synced: how the agent finds it, takes it back on the gateway and in git, and proves that it helped. */
import type { Rollback } from "../../agent/src/store/rollbacks.ts";
import { type Entry, isHarmed, type Ledger } from "../ledger.ts";
import type { Part } from "../player.ts";
import type { Stack } from "../stack/index.ts";
import type { Timeline } from "../timeline.ts";
import type { Watch } from "../watch.ts";
import { createRollbackNarrator } from "./narrate-rollback.ts";
import { isProofValid } from "./proof.ts";
import { withTermination } from "./state-file.ts";
import { type Synced, type SyncPlaces, syncCommit } from "./sync.ts";

/** A rollback as the agent's API shows it. */
export interface RollbackView extends Omit<Rollback, "verdict"> {
  suspects: Rollback["verdict"]["suspects"];
}

export interface BadCommit {
  sha: string;
  syncedAt: number;
  rollback: RollbackView | undefined;
  /** When the first request after the last error was sent. */
  restoredAt: number | undefined;
  requests: number;
  errors: number;
  /** The state file on main is what it was before, to the byte. */
  isFileBack: boolean;
  /** Of the bad commit, once more. */
  again: Synced;
  /** Of main as it is in the end. */
  last: Synced;
  /** Answers of the route after that. */
  afterwards: readonly Entry[];
  isProofValid: boolean;
}

export const ECHO = "echo";
const PATIENCE_MS = 75_000;
const AFTERWARDS_S = 3;

/** Partners that call the route, a few a second. */
export const echoTraffic = (): Part => {
  let calls = 0;
  return {
    name: ECHO,
    perSecond: 8,
    next() {
      calls += 1;
      const headers = { "user-agent": "PartnerSync/3.1", accept: "application/json" };
      return {
        method: "GET",
        target: `/echo?call=${calls}`,
        from: `192.0.2.${200 + (calls % 12)}`,
        headers,
        expect: 200,
      };
    },
  };
};

const isOver = ({ status, proposal }: RollbackView): boolean =>
  status === "recovered" ? proposal?.told === status : !["planned", "verifying"].includes(status);

export async function playBadCommit(stack: Stack, timeline: Timeline, watch: Watch): Promise<BadCommit> {
  const { repository, ledger, agent } = stack;
  const places: SyncPlaces = {
    adminUrl: stack.gateway.adminUrl,
    agentUrl: agent.url,
    ciToken: stack.secrets.ci,
    repository,
  };
  timeline.heading("A commit that breaks a route");
  const good = repository.stateFileAt(repository.head());
  const sha = repository.commit(withTermination(good), "Close the echo route for maintenance");
  const synced = await syncCommit(places, sha);
  const syncedAt = Date.now();
  timeline.say(
    "note",
    `commit ${sha.slice(0, 7)} adds request-termination with 503; the sync job made ${synced.writes} write`,
  );
  const narrator = createRollbackNarrator(timeline, ledger, syncedAt);
  let rollback: RollbackView | undefined;
  watch.turnPage();
  await watch.until(async () => {
    rollback = (await agent.client.rollbacks()).find(({ created_at }) => created_at >= syncedAt);
    narrator.look(rollback);
    return Date.now() > syncedAt + PATIENCE_MS || (rollback !== undefined && isOver(rollback));
  });
  const again = await syncCommit(places, sha);
  timeline.say("note", `the sync job runs again with ${sha.slice(0, 7)}: ${told(again)}`);
  const last = await syncCommit(places, repository.head());
  timeline.say("note", `the sync job runs with main, which is at the merged revert: ${told(last)}`);
  const from = Date.now();
  await watch.seconds(AFTERWARDS_S);
  return {
    sha,
    syncedAt,
    rollback,
    ...countErrors(ledger, syncedAt, from),
    isFileBack: repository.stateFileAt(repository.head()) === good,
    again,
    last,
    afterwards: ledger.entries(ECHO).filter((entry) => entry.sentAt >= from),
    isProofValid: rollback?.proof != null && isProofValid(rollback.proof),
  };
}

const told = ({ refused, writes }: Synced): string =>
  refused === null ? `${writes} writes` : `nothing is written, ${refused}`;

function countErrors(ledger: Ledger, from: number, to: number): Pick<BadCommit, "restoredAt" | "requests" | "errors"> {
  const entries = ledger.entries(ECHO).filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const sorted = [...entries].sort((a, b) => a.sentAt - b.sentAt);
  const lastError = sorted.findLastIndex(isHarmed);
  return {
    requests: sorted.length,
    errors: sorted.filter(isHarmed).length,
    restoredAt: lastError < 0 ? undefined : sorted[lastError + 1]?.sentAt,
  };
}
