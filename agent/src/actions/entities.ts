import { isDeepStrictEqual } from "node:util";
import type { Configuration, Entity, EntityType } from "../drivers/gateway.ts";
import { ActionRefused } from "./action-kind.ts";

/** Looking things up in a configuration. */
export const entitiesOf = (configuration: Configuration, type: EntityType): readonly Entity[] =>
  configuration.entities[type] ?? [];

export const findEntity = (configuration: Configuration, type: EntityType, id: string): Entity | null =>
  entitiesOf(configuration, type).find((entity) => entity.id === id) ?? null;

const SINGULAR: Partial<Record<EntityType, string>> = {
  routes: "route",
  services: "service",
  consumers: "consumer",
  targets: "target",
  plugins: "plugin",
};

/** Consumers are not read for a plan: of those whether one is there is asked as the action is applied. */
export function needEntity(configuration: Configuration, type: EntityType, id: string | undefined): Entity {
  if (type === "consumers" && id !== undefined && configuration.entities.consumers === undefined) return { id };
  const found = id === undefined ? null : findEntity(configuration, type, id);
  if (found === null) throw lost(type, id);
  return found;
}

export const lost = (type: EntityType, id: string | undefined): ActionRefused =>
  new ActionRefused(`the ${SINGULAR[type] ?? type} ${id ?? ""} is not there any more`);

/** Of a foreign key. */
export function referenceId(entity: Entity, field: string): string | null {
  const reference = entity[field] as { id?: unknown } | null | undefined;
  return typeof reference?.id === "string" ? reference.id : null;
}

export const configOf = (plugin: Entity): Record<string, unknown> =>
  (plugin.config as Record<string, unknown> | null | undefined) ?? {};

/** As Kong stores it: nothing and null are the same. */
export const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a ?? null, b ?? null);
