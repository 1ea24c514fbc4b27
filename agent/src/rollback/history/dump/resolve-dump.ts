import { configurationOf } from "../../../drivers/canonical.ts";
import { uniqueKeys } from "../../../drivers/collections.ts";
import type { Configuration, Entity, EntityType } from "../../../drivers/gateway.ts";
import type { Sealer } from "../../../drivers/secrets.ts";
import { entityId } from "../../../drivers/tags.ts";
import { type Dump, type DumpEntity, referenceIn, referencesOf } from "./read-dump.ts";

export interface ResolveOptions {
  gateway: string;
  sealer: Pick<Sealer, "seal">;
  /** What is known of the gateway around that time: its entities keep their ids. */
  known: readonly Configuration[];
  /** Dumped with `--skip-consumers`: consumers and what belongs to them stay as they were. */
  skip_consumers: boolean;
}

/** What others refer to comes first. */
const ORDER: readonly EntityType[] = [
  "ca_certificates",
  "certificates",
  "snis",
  "vaults",
  "upstreams",
  "targets",
  "consumer_groups",
  "consumers",
  "keyauth_credentials",
  "basicauth_credentials",
  "hmacauth_credentials",
  "jwt_secrets",
  "acls",
  "services",
  "routes",
  "plugins",
];
const OF_CONSUMERS: ReadonlySet<EntityType> = new Set([
  "consumers",
  "keyauth_credentials",
  "basicauth_credentials",
  "hmacauth_credentials",
  "jwt_secrets",
  "acls",
]);

type Lists = Partial<Record<EntityType, Entity[]>>;

/** The dump in the form of a driver's snapshot: flat, with ids and references by id, without secrets. */
export function resolveDump(dump: Dump, options: ResolveOptions): Configuration {
  const ids = new IdBook(options);
  const lists: Lists = {};
  for (const type of ORDER) {
    for (const entity of dump.entities.filter((one) => one.type === type)) {
      const list = lists[type] ?? [];
      list.push(ids.resolve(entity));
      lists[type] = list;
    }
  }
  carryOver(lists, dump, options);
  return configurationOf(lists);
}

/** Who has which id: of the dump as far as it was read, then of what is known. */
class IdBook {
  readonly #options: ResolveOptions;
  readonly #resolved = new Map<DumpEntity, string>();
  /** By type and name, or by type and id. */
  readonly #named = new Map<string, string>();
  readonly #known = new Map<string, string>();

  constructor(options: ResolveOptions) {
    this.#options = options;
    for (const { entities } of options.known) {
      for (const type of ORDER) for (const entity of entities[type] ?? []) this.#learn(type, entity);
    }
  }

  #learn(type: EntityType, entity: Entity): void {
    for (const key of keysOf(type, entity)) if (!this.#known.has(key)) this.#known.set(key, entity.id);
    for (const name of namesOf(entity)) this.#known.set(`${type} name ${name}`, entity.id);
  }

  resolve(entity: DumpEntity): Entity {
    const { type } = entity;
    const fields = { ...entity.fields, ...this.#references(entity) };
    const sealed = this.#options.sealer.seal(type, fields as Entity);
    const id = typeof entity.fields.id === "string" ? entity.fields.id : this.#idOf(type, sealed);
    this.#resolved.set(entity, id);
    for (const name of [id, ...namesOf(sealed)]) this.#named.set(`${type} ${name}`, id);
    return { ...sealed, id };
  }

  #references(entity: DumpEntity): Record<string, { id: string }> {
    const { parent, type } = entity;
    const found: Record<string, { id: string }> = {};
    for (const [field, to] of referencesOf(type)) {
      const text = referenceIn(entity, field);
      if (text !== null)
        found[field] = { id: this.#named.get(`${to} ${text}`) ?? this.#known.get(`${to} name ${text}`) ?? text };
      else if (parent?.field === field) found[field] = { id: this.#resolved.get(parent.entity) ?? "" };
    }
    return found;
  }

  /** What is there under the same name has its id; else one that the same name always gets. */
  #idOf(type: EntityType, sealed: Entity): string {
    const keys = keysOf(type, sealed);
    const known = keys.map((key) => this.#known.get(key)).find((id) => id !== undefined);
    return known ?? entityId("import", keys[0] ?? `${type} ${JSON.stringify(sealed)}`, this.#options.gateway);
  }
}

const namesOf = ({ name, username, custom_id }: Entity): string[] =>
  [name, username, custom_id].filter((text) => typeof text === "string");

/** What tells it from others of its type, the most telling first. */
function keysOf(type: EntityType, entity: Entity): string[] {
  if (type === "certificates") return [`${type} cert ${String(entity.cert).trim()}`];
  const keys = uniqueKeys(type, entity).map(({ of, value }) => `${type} ${of} ${value}`);
  // An instance's name may move to another scope: the scope tells it.
  return type === "plugins" ? keys.reverse() : keys;
}

/** What the dump could not hold stays as it was before. */
function carryOver(lists: Lists, { select_tags }: Dump, { known, skip_consumers }: ResolveOptions): void {
  const [last] = known;
  if (last === undefined || (select_tags.length === 0 && !skip_consumers)) return;
  const isOutside = (type: EntityType, entity: Entity) =>
    (skip_consumers && OF_CONSUMERS.has(type)) ||
    (select_tags.length > 0 && !select_tags.every((tag) => entity.tags?.includes(tag)));
  for (const type of ORDER) {
    const there = new Set(lists[type]?.map(({ id }) => id));
    const kept = (last.entities[type] ?? []).filter((entity) => isOutside(type, entity) && !there.has(entity.id));
    if (kept.length > 0) lists[type] = [...(lists[type] ?? []), ...kept];
  }
}
