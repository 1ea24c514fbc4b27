import { AdminApiError } from "./admin-error.ts";
import { coversEntity, sameEntity } from "./canonical.ts";
import { collectionOf, nameOf, referenceOf, referrersOf, uniqueKeys } from "./collections.ts";
import type { EntityAccess } from "./entity-access.ts";
import type { Change, Entity, EntityType } from "./gateway.ts";
import type { Sealer } from "./secrets.ts";

export interface Rules {
  access: EntityAccess;
  sealer: Sealer;
  /** Entities that carry all of these belong to decK. */
  selectTags: readonly string[];
  /** Posted as a document, in which passwords are hashes. */
  isDocument?: boolean;
}

export const idOf = (change: Change): string => (change.op === "create" ? change.entity.id : change.id);

/** What the gateway will have once the changes so far are made; each type is asked for once, when it is first needed. */
export class Draft {
  readonly #types = new Map<EntityType, Promise<Map<string, Entity>>>();
  readonly #touched = new Set<string>();
  readonly #access: EntityAccess;

  constructor(access: EntityAccess) {
    this.#access = access;
  }

  all(type: EntityType): Promise<Map<string, Entity>> {
    let entities = this.#types.get(type);
    if (entities === undefined) {
      entities = this.#access.list(type).then((list) => new Map(list.map((entity) => [entity.id, entity])));
      this.#types.set(type, entities);
    }
    return entities;
  }

  /** Does not ask for the whole type where nobody has yet. */
  async has(type: EntityType, id: string): Promise<boolean> {
    if (this.#types.has(type)) return (await this.all(type)).has(id);
    return (await this.#access.get(type, id)) !== null;
  }

  isTouched = (type: EntityType, id: string): boolean => this.#touched.has(`${type} ${id}`);

  async put(type: EntityType, id: string, entity: Entity | null): Promise<void> {
    const entities = await this.all(type);
    this.#touched.add(`${type} ${id}`);
    if (entity === null) entities.delete(id);
    else entities.set(id, entity);
  }
}

/** Throws when any of the changes cannot be made as it is meant; nothing is written. */
export async function checkChanges(rules: Rules, changes: readonly Change[], draft: Draft): Promise<void> {
  for (const change of changes) {
    const { type } = change;
    const there = (await draft.all(type)).get(idOf(change)) ?? null;
    if (isDone(rules, change, there)) continue;
    if (!draft.isTouched(type, idOf(change))) refuseChanged(rules, change, there);
    refuseManaged(rules, change, there);
    refusePassword(rules, change, change === changes.at(-1));
    const wanted = wantedOf(rules, change, there, [...(await draft.all(type)).values()]);
    if (wanted === null) await refuseStillNeeded(draft, type, idOf(change));
    else await checkWanted(rules, draft, type, wanted);
    await draft.put(type, idOf(change), wanted);
  }
}

/** As after an earlier try whose answer was lost. */
export function isDone({ sealer }: Rules, change: Change, there: Entity | null): boolean {
  if (change.op === "delete") return there === null;
  if (there === null) return false;
  const sealed = sealer.seal(change.type, there);
  if (change.op === "create") return coversEntity(sealed, sealer.seal(change.type, change.entity));
  // What is set and equal to what was expected would look done at once.
  return !sameEntity(sealed, change.expect) && coversEntity(sealed, { ...change.expect, ...sealSet(sealer, change) });
}

const sealSet = (sealer: Sealer, change: Change & { op: "update" }): Record<string, unknown> => {
  // Which fields of a plugin are secret depends on which one it is.
  const named = "name" in change.expect ? { name: change.expect.name } : {};
  const sealed = sealer.seal(change.type, { ...named, ...change.set, id: change.id });
  return Object.fromEntries(Object.entries(sealed).filter(([field]) => field in change.set));
};

export function refuseChanged({ sealer }: Rules, change: Change, there: Entity | null): void {
  const name = nameOf(change.type, change.op === "create" ? change.entity : change.expect);
  if (change.op === "create") {
    if (there !== null) throw new AdminApiError("changed", null, `${name} is there already, and is another one`);
    return;
  }
  if (there === null) throw new AdminApiError("changed", null, `${name} is not there any more`);
  if (sameEntity(sealer.seal(change.type, there), change.expect)) return;
  throw new AdminApiError("changed", null, `${name} is not what the change was planned on`);
}

function refuseManaged({ selectTags }: Rules, change: Change, there: Entity | null): void {
  if (there === null || selectTags.length === 0) return;
  if (!selectTags.every((tag) => there.tags?.includes(tag))) return;
  throw new AdminApiError("managed", null, `${nameOf(change.type, there)} belongs to decK`);
}

/** Kong hashes whatever it is given: a hash that is written back would let nobody in any more. */
function refusePassword({ isDocument = false }: Rules, change: Change, isLast: boolean): void {
  if (change.type !== "basicauth_credentials" || isDocument !== (change.op === "create")) return;
  if (change.op === "create") throw new AdminApiError("sealed", null, "a document takes passwords as hashes only");
  if (change.op === "delete" && isLast) return;
  const why = change.op === "delete" ? "could not be brought back if a later change failed" : "would lose its password";
  throw new AdminApiError("sealed", null, `basicauth_credentials ${change.id} ${why}`);
}

/** The entity as it is to be on the gateway, its secrets in their places; null when it is to go. */
export function wantedOf(
  { sealer }: Rules,
  change: Change,
  there: Entity | null,
  present: readonly Entity[],
): Entity | null {
  if (change.op === "delete") return null;
  if (change.op === "create") return sealer.unseal(change.type, change.entity, present);
  const set = sealer.unseal(change.type, change.set, there === null ? present : [there, ...present]);
  return { ...there, ...set, id: change.id };
}

async function checkWanted(rules: Rules, draft: Draft, type: EntityType, wanted: Entity): Promise<void> {
  for (const [field, to] of Object.entries(collectionOf(type).references)) {
    const id = referenceOf(wanted, field);
    if (id !== null && !(await draft.has(to, id))) {
      throw new AdminApiError("invalid", null, `${nameOf(type, wanted)} refers to ${to} ${id}, which is not there`);
    }
  }
  const taken = new Map<string, Entity>();
  for (const other of (await draft.all(type)).values()) {
    if (other.id === wanted.id) continue;
    for (const { of, value } of uniqueKeys(type, other)) taken.set(`${of}=${value}`, other);
  }
  for (const { of, value } of uniqueKeys(type, wanted)) {
    const other = taken.get(`${of}=${value}`);
    if (other === undefined) continue;
    throw new AdminApiError("conflict", null, `${nameOf(type, other)} has the ${of} of ${nameOf(type, wanted)}`);
  }
  await rules.access.validate(type, wanted);
}

/** Kong would refuse, or remove those as well, and then they could not be brought back. */
async function refuseStillNeeded(draft: Draft, type: EntityType, id: string): Promise<void> {
  for (const { type: from, field } of referrersOf(type)) {
    for (const entity of (await draft.all(from)).values()) {
      if (referenceOf(entity, field) !== id) continue;
      const message = `${type} ${id} is still used by ${nameOf(from, entity)}, which has to be removed before it`;
      throw new AdminApiError("invalid", null, message);
    }
  }
}
