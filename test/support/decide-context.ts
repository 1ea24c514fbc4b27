import type { DecideContext } from "../../agent/src/policy/plan.ts";
import { NOTHING_USED } from "../../agent/src/policy/reserve.ts";

/** Nothing on, nothing used up, nobody against it. */
export function decideContext(changes: Partial<DecideContext> = {}): DecideContext {
  return {
    now: Date.now(),
    dry_run: false,
    stopped: null,
    used: { hour: NOTHING_USED, day: NOTHING_USED },
    active: [],
    ended: [],
    declined: [],
    waiting: [],
    tags: null,
    behind: {},
    admin_api_refusal: null,
    ...changes,
  };
}
