import { referenceOf } from "./collections.ts";
import type { EntityAccess } from "./entity-access.ts";
import type { AppliedChange, Entity, EntityType } from "./gateway.ts";

/**
 * Control planes leave disabled services and plugins out of what they send, and routes and plugins of disabled services: where all that
 * was written is such, before and after, data planes see nothing of it and their hash stays.
 */
export async function areSent(access: EntityAccess, applied: readonly AppliedChange[]): Promise<boolean> {
  for (const { change, before, after } of applied)
    for (const entity of [before, after]) if (await isSent(access, change.type, entity)) return true;
  return false;
}

const CAN_BE_DISABLED: readonly EntityType[] = ["services", "plugins"];
const ABOVE = [
  ["route", "routes"],
  ["service", "services"],
] as const;

async function isSent(access: EntityAccess, type: EntityType, entity: Entity | null): Promise<boolean> {
  if (entity === null) return false;
  if (CAN_BE_DISABLED.includes(type) && entity.enabled === false) return false;
  for (const [field, above] of type === "routes" || type === "plugins" ? ABOVE : []) {
    const id = referenceOf(entity, field);
    const there = id === null ? null : await access.get(above, id);
    if (there !== null && !(await isSent(access, above, there))) return false;
  }
  return true;
}
