import { withdrawAction } from "../actions/end.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { TRAFFIC_TYPES } from "../drivers/gateway.ts";
import type { GatewayDriver } from "../drivers/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { listActionsOn } from "../store/actions.ts";
import type { Reconciled } from "./reconcile.ts";

/** Withdraws what was made from something that somebody changed since: the incident is looked at again, and may get the same anew. */
export async function withdrawOutdated(parts: ResponseParts, driver: GatewayDriver, done: Reconciled): Promise<void> {
  const on = (await listActionsOn(parts.db, parts.gateway)).filter(
    ({ status, type, expires_at }) =>
      status === "applied" && ACTION_KINDS[type].outdated !== undefined && (expires_at ?? 0) > parts.now(),
  );
  if (on.length === 0 || (await parts.mayAct("end")) !== null) return;
  const configuration = await driver.read(TRAFFIC_TYPES);
  for (const action of on) {
    const why = ACTION_KINDS[action.type].outdated?.(action, configuration) ?? null;
    if (why !== null && (await withdrawAction(parts, action, "unknown", why))) done.removed.push(action.id);
  }
}
