import { sameEntity } from "../../drivers/canonical.ts";
import { nameOf } from "../../drivers/collections.ts";
import { type Configuration, ENTITY_TYPES, type Entity, type EntityType } from "../../drivers/gateway.ts";

/** What became of one entity between two moments. */
export interface EntityDiff {
  type: EntityType;
  id: string;
  name: string;
  op: "added" | "removed" | "changed";
  before: Entity | null;
  after: Entity | null;
  /** Top-level fields that differ; of a changed entity only. */
  fields: string[];
}

const UNSEEN = new Set(["created_at", "updated_at"]);

export function diffConfigurations(before: Configuration, after: Configuration): EntityDiff[] {
  return ENTITY_TYPES.flatMap((type) => diffEntities(type, before.entities[type] ?? [], after.entities[type] ?? []));
}

function diffEntities(type: EntityType, before: readonly Entity[], after: readonly Entity[]): EntityDiff[] {
  const was = new Map(before.map((entity) => [entity.id, entity]));
  const is = new Map(after.map((entity) => [entity.id, entity]));
  const diffs: EntityDiff[] = [];
  for (const [id, entity] of is) {
    const old = was.get(id) ?? null;
    if (old === null)
      diffs.push({ type, id, name: nameOf(type, entity), op: "added", before: null, after: entity, fields: [] });
    else if (!sameEntity(old, entity))
      diffs.push({
        type,
        id,
        name: nameOf(type, entity),
        op: "changed",
        before: old,
        after: entity,
        fields: changedFields(old, entity),
      });
  }
  for (const [id, entity] of was) {
    if (!is.has(id))
      diffs.push({ type, id, name: nameOf(type, entity), op: "removed", before: entity, after: null, fields: [] });
  }
  return diffs;
}

/** By the same rules as whole entities: order of tags, empty and unset do not count. */
function changedFields(before: Entity, after: Entity): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const only = (entity: Entity, name: string): Entity => ({ id: "", [name]: entity[name] });
  return [...names].filter((name) => !UNSEEN.has(name) && !sameEntity(only(before, name), only(after, name))).sort();
}
