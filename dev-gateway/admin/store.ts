import { isDeepStrictEqual } from "node:util";
import { ENTITY_TYPES, type EntityType } from "./entities.ts";
import { missingForeign, referencedByOthers, uniqueViolation } from "./errors.ts";
import { isRecord, type Value } from "./field.ts";

export type Entity = Value & { id: string };

const foreignFields = (type: EntityType) => Object.entries(type.fields).filter(([, field]) => field.type === "foreign");

const idOf = (reference: unknown): unknown => (isRecord(reference) ? reference.id : null);

/** The entities in memory, with the constraints that a database keeps for Kong. */
export class Store {
  readonly #tables = new Map<string, Map<string, Entity>>(ENTITY_TYPES.map((type) => [type.name, new Map()]));

  all(type: string): Entity[] {
    return [...this.#tables.get(type)!.values()];
  }

  get(type: string, id: string): Entity | undefined {
    return this.#tables.get(type)!.get(id);
  }

  findBy(type: string, field: string, value: unknown): Entity | undefined {
    return this.all(type).find((entity) => isDeepStrictEqual(entity[field], value));
  }

  /** Writes an entity after checking what it refers to and what must be unique. */
  save(type: EntityType, entity: Entity): void {
    this.#checkForeign(type, entity);
    this.#checkUnique(type, entity);
    this.#tables.get(type.name)!.set(entity.id, entity);
  }

  /** Takes along what was declared to go with it; refuses while anything else refers to it. */
  remove(type: EntityType, id: string): void {
    const dependants = ENTITY_TYPES.flatMap((other) => this.#dependants(other, type.name, id));
    const blocking = dependants.find(({ cascades }) => !cascades);
    if (blocking) throw referencedByOthers(type.name, blocking.type.name);
    for (const dependant of dependants) this.remove(dependant.type, dependant.entity.id);
    this.#tables.get(type.name)!.delete(id);
  }

  replaceWith(other: Store): void {
    for (const name of this.#tables.keys()) this.#tables.set(name, other.#tables.get(name)!);
  }

  #dependants(other: EntityType, parent: string, id: string) {
    return foreignFields(other)
      .filter(([, field]) => field.reference === parent)
      .flatMap(([name, field]) =>
        this.all(other.name)
          .filter((entity) => idOf(entity[name]) === id)
          .map((entity) => ({ type: other, entity, cascades: field.on_delete === "cascade" })),
      );
  }

  #checkForeign(type: EntityType, entity: Entity): void {
    for (const [name, field] of foreignFields(type)) {
      const id = idOf(entity[name]);
      const table = this.#tables.get(field.reference!);
      if (id !== null && !table?.has(String(id))) throw missingForeign(name, { id }, field.reference!);
    }
  }

  #checkUnique(type: EntityType, entity: Entity): void {
    const others = this.all(type.name).filter(({ id }) => id !== entity.id);
    if (type.cacheKey) {
      const key = Object.fromEntries(type.cacheKey.map((name) => [name, entity[name] ?? null]));
      const same = (other: Entity) => type.cacheKey!.every((name) => isDeepStrictEqual(other[name] ?? null, key[name]));
      if (others.some(same)) throw uniqueViolation(key);
    }
    for (const [name, field] of Object.entries(type.fields)) {
      const value = entity[name];
      if (!field.unique || value === null || value === undefined) continue;
      if (others.some((other) => other[name] === value)) throw uniqueViolation({ [name]: value });
    }
  }
}
