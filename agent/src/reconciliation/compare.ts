import type { Entity, EntityType } from "../drivers/gateway.ts";
import { expiryOf, isOurs } from "../drivers/tags.ts";
import type { Action } from "../store/actions.ts";
import type { ActionStatus } from "../store/schema.ts";

/** Types of what actions create, each before what it refers to. */
export const CREATED_TYPES = ["plugins", "routes", "services", "upstreams"] as const satisfies readonly EntityType[];

export interface Owned {
  type: EntityType;
  id: string;
}

/** What an action created on the gateway; an edit of somebody's entity is not its own. */
export function createdBy(action: Action): Owned[] {
  if (action.vehicle !== "admin-api") return [];
  const created = (action.changes ?? []).flatMap(({ change }) =>
    change.op === "create" ? [{ type: change.type, id: change.entity.id }] : [],
  );
  if (action.changes !== null || action.entity_id === null) return created;
  return [{ type: "plugins", id: action.entity_id }];
}

/** What ended because somebody changed it on the gateway; what is left of it is theirs until its expiry. */
export const CHANGED_BY_HAND = "changed by hand";
export const REMOVED_BY_HAND = "removed by hand";

/** After its expiry an entity has so long to be removed by the job that ends its action. */
const EXPIRED_GRACE_MS = 30_000;
/** So long after it was written, the action may not be recorded yet. */
const UNKNOWN_GRACE_MS = 60_000;
/** Of an incident that this database does not know: it may be another agent's. */
const FOREIGN_GRACE_MS = 600_000;

const ON: readonly ActionStatus[] = ["planned", "applied"];
/** Names derived from names are version 5, and only those are made here. */
const DERIVED_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export interface Found {
  type: EntityType;
  entity: Entity;
}

/**
 * Why the entity is an orphan, or null. Pure. Only what carries the owner's tag, an expiry and an id that is derived can be one;
 * `actions` are those that created it, of whatever status.
 */
export function whyOrphan(
  { entity }: Found,
  actions: readonly Action[],
  knowsIncident: boolean,
  now: number,
): string | null {
  const expiry = expiryOf(entity.tags);
  if (!isOurs(entity.tags) || expiry === null || !DERIVED_ID.test(entity.id)) return null;
  if (actions.some((action) => ON.includes(action.status))) return null;
  if (expiry * 1000 + EXPIRED_GRACE_MS < now) return "its time is over";
  if (actions.some((action) => action.error?.startsWith(CHANGED_BY_HAND))) return null;
  const written = Number(entity.updated_at ?? entity.created_at ?? 0) * 1000;
  const grace = knowsIncident ? UNKNOWN_GRACE_MS : FOREIGN_GRACE_MS;
  return written + grace < now ? "no action that is on has made it" : null;
}

export interface Missing {
  action: Action;
  /** All of the agent's entities are gone at once, or the gateway keeps them in memory only. */
  isReload: boolean;
}

/** What becomes of an action whose entities are gone. A reload is repaired once; what goes again was taken out on purpose. */
export function repairOrAccept({ action, isReload }: Missing): "repair" | "accept" {
  return isReload && action.repaired_at === null ? "repair" : "accept";
}
