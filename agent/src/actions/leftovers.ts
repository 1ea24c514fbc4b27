import { REMOVAL_ORDER } from "../drivers/collections.ts";
import type { Change, Configuration, Entity, EntityType } from "../drivers/gateway.ts";
import { expiryOf, isOurs } from "../drivers/tags.ts";
import { entitiesOf } from "./entities.ts";
import { isPatchable, withoutPatches } from "./hot-patch-code.ts";
import { restoreOf } from "./restore-tag.ts";
import { takeBackEdit } from "./take-back.ts";

/** What the agent did to one entity, told by the entity alone. */
export interface Leftover {
  type: EntityType;
  entity: Entity;
  /** What ends it; null while it is to stay. */
  change: Change | null;
  /** Why it stays, or what of it somebody changed meanwhile. */
  note: string | null;
}

/**
 * Everything on the gateway that is the agent's doing, with what ends it once its time is over. Needs neither database nor agent.
 * Epoch milliseconds.
 */
export function leftoversOf(configuration: Configuration, now: number): Leftover[] {
  const found = REMOVAL_ORDER.flatMap((type) =>
    entitiesOf(configuration, type).flatMap((entity) => leftoverOf(type, entity, now) ?? []),
  );
  // What points at something of ours points elsewhere again before that goes.
  return [
    ...found.filter(({ change }) => change?.op !== "delete"),
    ...found.filter(({ change }) => change?.op === "delete"),
  ];
}

function leftoverOf(type: EntityType, entity: Entity, now: number): Leftover | null {
  const restore = restoreOf(entity);
  if (restore !== null) {
    if (restore.expires_at * 1000 > now) return { type, entity, change: null, note: until(restore.expires_at) };
    const { changes, left } = takeBackEdit(type, entity, restore);
    return { type, entity, change: changes[0] ?? null, note: left.join("; ") || null };
  }
  const expires_at = expiryOf(entity.tags);
  const isOver = isOurs(entity.tags) && expires_at !== null && expires_at * 1000 <= now;
  if (!isOver && type === "plugins" && isPatchable(entity)) {
    const change = withoutPatches(entity, (patch) => patch.expires_at * 1000 <= now);
    if (change !== null) return { type, entity, change, note: null };
  }
  if (!isOurs(entity.tags)) return null;
  if (expires_at === null) return { type, entity, change: null, note: "no expiry on it" };
  if (!isOver) return { type, entity, change: null, note: until(expires_at) };
  return { type, entity, change: { op: "delete", type, id: entity.id, expect: entity }, note: null };
}

const until = (seconds: number): string => `until ${new Date(seconds * 1000).toISOString()}`;
