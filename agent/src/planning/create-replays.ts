import { AgentError } from "../errors.ts";
import type { ReviewParts } from "./create-review.ts";
import { createRecordedTraffic } from "./recorded-traffic.ts";
import type { ChangeReplay, ChangeToReplay } from "./replay-change.ts";
import { replayOnThread } from "./replay-thread.ts";

export type Replay = (change: ChangeToReplay) => Promise<ChangeReplay>;

/** Tries changes of state files on what was recorded lately, on the gateway's configuration as it is. Writes nothing. */
export function createReplays({ db, gateway, policy, driver, now }: Omit<ReviewParts, "log">): Replay {
  // One after the other: they may wait, the response may not.
  let running: Promise<unknown> = Promise.resolve();
  const traffic = createRecordedTraffic(db, gateway, now);
  return async (change) => {
    if (driver === null)
      throw new AgentError("INVALID_REQUEST", { problems: "the agent has no Admin API to compare the files with" });
    const { max_good_share, max_legit_share } = policy().document.rails;
    const configuration = await driver.read().catch((cause: Error) => {
      throw new AgentError("GATEWAY_UNREAD", { problem: cause.message }, { cause });
    });
    const { records } = await traffic(null, null, max_good_share);
    const mine = running.then(() => replayOnThread({ change, configuration, records, maxShare: max_legit_share }));
    running = mine.catch(() => undefined);
    return mine;
  };
}
