import type { Change, Configuration, Entity, EntityType } from "../drivers/gateway.ts";

type Entities = Configuration["entities"];
export type Configured = Pick<Configuration, "entities">;

/** The configuration as it would be after the changes, in order; entities that a deleted one takes along go, too. */
export function applyChanges({ entities }: Configured, changes: readonly Change[]): Configured {
  let after: Entities = entities;
  for (const change of changes) after = applyOne(after, change);
  return { entities: after };
}

function applyOne(entities: Entities, change: Change): Entities {
  const known = entities[change.type] ?? [];
  if (change.op === "create") {
    const others = known.filter(({ id }) => id !== change.entity.id);
    return { ...entities, [change.type]: [...others, change.entity] };
  }
  if (change.op === "update") {
    const set = (entity: Entity) => (entity.id === change.id ? ({ ...entity, ...change.set } as Entity) : entity);
    return { ...entities, [change.type]: known.map(set) };
  }
  return cascade({ ...entities, [change.type]: known.filter(({ id }) => id !== change.id) }, change.type, change.id);
}

const OWNERS: Partial<Record<EntityType, string>> = { services: "service", routes: "route", consumers: "consumer" };

/** Plugins and credentials go with what they belong to. */
function cascade(entities: Entities, type: EntityType, id: string): Entities {
  const field = OWNERS[type];
  if (field === undefined) return entities;
  const stays = (entity: Entity) => (entity[field] as { id?: string } | null | undefined)?.id !== id;
  const left: Entities = {};
  for (const [name, list] of Object.entries(entities) as [EntityType, readonly Entity[]][])
    left[name] = name === type ? list : list.filter(stays);
  return left;
}
