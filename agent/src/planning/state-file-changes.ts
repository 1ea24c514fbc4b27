import { canonicalJson } from "../canonical-json.ts";
import { collectionOf, referenceOf } from "../drivers/collections.ts";
import { type Change, type Configuration, ENTITY_TYPES, type Entity, type EntityType } from "../drivers/gateway.ts";
import { type FlatEntity, flatten, identityOf, nameOf } from "../rollback/state-files/flatten.ts";
import type { StateFile } from "../rollback/state-files/parse.ts";

export interface StateFileChanges {
  /** On the gateway as it is now. */
  changes: Change[];
  /** As people know them: `created route echo-route`. */
  entities: string[];
  /** Changed entities that cannot be looked up or are of a kind that no replay knows. */
  left_out: string[];
  /** Of routes that are in the files. */
  routes: ReadonlySet<string>;
}

interface World {
  live: ReadonlyMap<string, { type: EntityType; entity: Entity }>;
  /** Identities of new entities have an id here, too. */
  ids: Map<string, string>;
}

type Files = readonly StateFile[];
type Flat = ReadonlyMap<string, FlatEntity>;

/** What merging `head` instead of `base` would change on a gateway. Throws `StateFileError`. */
export function changesOfStateFiles(base: Files, head: Files, { entities }: Configuration): StateFileChanges {
  const names = namesOf(entities);
  const [before, after] = [flatten(base, names), flatten(head, names)];
  const world = worldOf(entities, names);
  const result: StateFileChanges = { changes: [], entities: [], left_out: [], routes: routesIn(before, after) };
  const differing = differencesOf(before, after);
  for (const { was, is } of differing) {
    if (was === undefined && is !== undefined) world.ids.set(is.identity, idFor(is, world));
  }
  for (const { was, is } of differing) {
    const entity = is ?? was;
    if (entity === undefined) continue;
    const change = changeOf(was, is, world);
    result.entities.push(`${wordFor(was, is)} ${shownName(entity)}`);
    if (change === null) result.left_out.push(shownName(entity));
    else result.changes.push(change);
  }
  return result;
}

function differencesOf(before: Flat, after: Flat) {
  const pairs = [...new Set([...after.keys(), ...before.keys()])].map((identity) => ({
    was: before.get(identity),
    is: after.get(identity),
  }));
  const content = (entity: FlatEntity | undefined) =>
    entity === undefined ? "" : canonicalJson([entity.fields, entity.references]);
  // What owns others comes first; what goes, last.
  const rank = ({ was, is }: (typeof pairs)[number]) =>
    (is === undefined ? 100 : 0) + ENTITY_TYPES.indexOf((is ?? was)?.type as EntityType);
  return pairs.filter(({ was, is }) => content(was) !== content(is)).sort((a, b) => rank(a) - rank(b));
}

function changeOf(was: FlatEntity | undefined, is: FlatEntity | undefined, world: World): Change | null {
  const type = ENTITY_TYPES.find((one) => one === (is ?? was)?.type);
  if (type === undefined) return null;
  const there = world.live.get((is ?? was)?.identity ?? "")?.entity;
  if (is === undefined) return there === undefined ? null : { op: "delete", type, id: there.id, expect: there };
  if (there !== undefined)
    return { op: "update", type, id: there.id, expect: there, set: setOf(was, is, there, world) };
  if (was !== undefined) return null;
  return { op: "create", type, entity: { ...is.fields, ...foreign(is, world), id: idFor(is, world) } };
}

/** Fields that differ; of a plugin's configuration, its members, for the gateway knows defaults that files leave out. */
function setOf(was: FlatEntity | undefined, is: FlatEntity, there: Entity, world: World): Record<string, unknown> {
  const set: Record<string, unknown> = { ...foreign(is, world) };
  for (const name of new Set([...Object.keys(was?.fields ?? {}), ...Object.keys(is.fields)])) {
    const [old, wanted] = [was?.fields[name], is.fields[name]];
    if (canonicalJson(old ?? null) === canonicalJson(wanted ?? null)) continue;
    set[name] = name === "config" ? mergedConfig(old, wanted, there.config) : (wanted ?? null);
  }
  return set;
}

function mergedConfig(old: unknown, wanted: unknown, live: unknown): Record<string, unknown> {
  const merged = { ...(live as object), ...(wanted as object) } as Record<string, unknown>;
  for (const name of Object.keys((old as object | undefined) ?? {}))
    if (!(name in ((wanted as object | undefined) ?? {}))) delete merged[name];
  return merged;
}

const foreign = ({ references }: FlatEntity, { ids }: World) =>
  Object.fromEntries(
    Object.entries(references).map(([field, name]) => [field, { id: ids.get(`${field}s ${name}`) ?? name }]),
  );

const idFor = ({ id, identity }: FlatEntity, { ids }: World) => ids.get(identity) ?? id ?? `new:${identity}`;

function worldOf(entities: Configuration["entities"], names: ReadonlyMap<string, string>): World {
  const live = new Map<string, { type: EntityType; entity: Entity }>();
  const ids = new Map<string, string>();
  for (const type of ENTITY_TYPES) {
    for (const entity of entities[type] ?? []) {
      const identity = liveIdentity(type, entity, names);
      live.set(identity, { type, entity });
      ids.set(identity, entity.id);
    }
  }
  return { live, ids };
}

function liveIdentity(type: EntityType, entity: Entity, names: ReadonlyMap<string, string>): string {
  const references: Record<string, string> = {};
  for (const field of Object.keys(collectionOf(type).references)) {
    const id = referenceOf(entity, field);
    if (id !== null) references[field] = names.get(id) ?? id;
  }
  return identityOf({ type, id: entity.id, name: nameOf(entity), references, fields: {} });
}

function namesOf(entities: Configuration["entities"]): Map<string, string> {
  const names = new Map<string, string>();
  for (const list of Object.values(entities))
    for (const entity of list ?? []) names.set(entity.id, nameOf(entity) ?? entity.id);
  return names;
}

const routesIn = (...sides: Flat[]) =>
  new Set(
    sides.flatMap((side) => [...side.values()].flatMap(({ type, name }) => (type === "routes" ? (name ?? []) : []))),
  );

const wordFor = (was: FlatEntity | undefined, is: FlatEntity | undefined) =>
  was === undefined ? "creates" : is === undefined ? "removes" : "changes";

/** Never a credential, which may be what tells an entity from others. */
function shownName({ type, name, references }: FlatEntity): string {
  const where = Object.entries(references).map(([field, owner]) => ` of ${field} ${owner}`);
  return `${type.replace(/s$/, "")}${SHOWN.has(type) && name !== null ? ` ${name}` : ""}${where.join("")}`;
}
const SHOWN = new Set([
  "services",
  "routes",
  "plugins",
  "consumers",
  "upstreams",
  "targets",
  "acls",
  "consumer_groups",
]);
