import { setTimeout as sleep } from "node:timers/promises";
import { idOfChange } from "../drivers/before-images.ts";
import { sameEntity } from "../drivers/canonical.ts";
import type { Configuration, GatewayDriver } from "../drivers/gateway.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Action } from "../store/actions.ts";
import { endDecision, getDecision, putDecision } from "../store/decisions.ts";
import { type ActionKind, ActionRefused, type Applied } from "./action-kind.ts";
import { decisionAction } from "./decision-action.ts";
import { configOf } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { overlayChanges, overlayRouteId, overlayValue } from "./overlay-copy.ts";
import { overlayParams } from "./overlay-mitigation.ts";
import { subjectOf } from "./subject.ts";

const declared = { type: "overlay_route", risk: "source", params: overlayParams } as const;

/** The route and its plugins. */
const entities = entityAction({ ...declared, ends_itself: true, changes: overlayChanges });

/** Who is sent there. */
const decision = decisionAction({
  ...declared,
  decide: (action) => ({
    action: "overlay",
    ...subjectOf(action.target),
    params: {
      route: action.target.route_id,
      via: overlayRouteId(action, action.gateway),
      to: overlayValue(action),
    },
  }),
});

const IN_FORCE_MS = 15_000;

/**
 * Nobody is sent there before every node has all of it: a route without its plugins would ask for less. Where that is not known, what was made
 * stays without use, and the work is done again.
 */
async function apply(action: Action, parts: ResponseParts): Promise<Applied> {
  const applied = await entities.apply(action, parts);
  const { reached, detail } = await openly(
    (parts.driver as GatewayDriver).awaitPropagation({ deadline_ms: IN_FORCE_MS }),
  );
  if (!reached) {
    await openly(entities.undo({ ...action, changes: applied.changes ?? null }, parts));
    throw new ActionRefused(`not every node has the overlay: ${detail}`);
  }
  await decision.apply(action, parts);
  return applied;
}

/** Whatever the reason: nothing is settled by it. */
const openly = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw new Error(`an overlay is made and not used yet: ${(error as Error).message}`, { cause: error });
  });

/** First nobody is sent there any more, then it goes; when it cannot go, all stays as it was. */
async function undo(action: Action, parts: ResponseParts): Promise<void> {
  const { db, now, driver } = parts;
  const id = `d-${action.id}`;
  const before = await getDecision(db, id);
  const follow_ms = before === null || driver === null ? 0 : await timeToFollow(driver);
  const wasOn = await endDecision(db, id, now());
  if (wasOn && (before?.expires_at ?? 0) > now()) await sleep(follow_ms);
  try {
    await entities.undo(action, parts);
  } catch (error) {
    // Where only the answer was lost, it has gone.
    const there = await driver?.get("routes", overlayRouteId(action, action.gateway)).catch(() => undefined);
    if (wasOn && before !== null && there !== null) await putDecision(db, before);
    throw error;
  }
}

/** Nodes ask for decisions so often. */
async function timeToFollow(driver: GatewayDriver): Promise<number> {
  const ours = (await driver.list("plugins")).filter(({ name }) => name === "threat-response");
  const intervals = ours.map(
    (plugin) => (configOf(plugin).agent as { poll_interval_s?: number } | null)?.poll_interval_s,
  );
  return 2_000 * Math.max(...intervals.map((seconds) => seconds ?? 1), 0);
}

/** Whether the same would be made of what is there now. */
function outdated(action: Action, configuration: Configuration): string | null {
  const made = (action.changes ?? []).flatMap(({ change }) => (change.op === "create" ? [change] : []));
  const own = new Set(made.map(idOfChange));
  const others = Object.entries(configuration.entities).map(([type, list]) => [
    type,
    list.filter(({ id }) => !own.has(id)),
  ]);
  try {
    const wanted = overlayChanges(action, { ...configuration, entities: Object.fromEntries(others) }, action.gateway);
    const isSame = wanted.every(
      (change, i) => change.op === "create" && sameEntity(change.entity, made[i]?.entity ?? null),
    );
    return isSame && wanted.length === made.length ? null : "what it is a copy of was changed";
  } catch (error) {
    if (error instanceof ActionRefused) return error.message;
    throw error;
  }
}

/**
 * Sends one client's requests on one route over a copy of that route, with all of its plugins, and a limit, an end or another service of its
 * own: where the original has a plugin of that name already, or belongs to decK. It ends itself, since the copy is found by a header that only
 * the plugin sets, and only while the decision holds.
 *
 * Example: `{ kind: "ip", value, route_id }`, `{ minute: 5 }`.
 */
export const overlayRoute: ActionKind = {
  ...entities,
  apply,
  undo,
  outdated,
  verify: async (action, parts) => (await entities.verify(action, parts)) ?? decision.verify(action, parts),
};
