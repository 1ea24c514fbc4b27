import { isFields } from "../../../drivers/canonical.ts";
import { collectionOf } from "../../../drivers/collections.ts";
import { ENTITY_TYPES, type EntityType } from "../../../drivers/gateway.ts";
import { parseStateFile, type StateFile, StateFileError } from "../../state-files/parse.ts";

/** One entity as `deck gateway dump` writes it, taken out of the one it stands in. */
export interface DumpEntity {
  type: EntityType;
  /** Its own fields; references as they are written, by name or id. */
  fields: Record<string, unknown>;
  /** What it stands in, and the field that refers to it. */
  parent: { field: string; entity: DumpEntity } | null;
}

export interface Dump {
  entities: DumpEntity[];
  /** The dump holds only what has all of these tags. */
  select_tags: string[];
  /** What is not kept in the history, by the name of its collection. */
  left_out: Record<string, number>;
}

type Fields = Record<string, unknown>;

const MAX_ENTITIES = 50_000;

/** Where entities stand in entities; the field through which they refer to those. */
const NESTED: Partial<Record<EntityType, { field: string; types: readonly EntityType[] }>> = {
  services: { field: "service", types: ["routes", "plugins"] },
  routes: { field: "route", types: ["plugins"] },
  consumers: {
    field: "consumer",
    types: ["plugins", "acls", "keyauth_credentials", "basicauth_credentials", "hmacauth_credentials", "jwt_secrets"],
  },
  consumer_groups: { field: "consumer_group", types: ["plugins"] },
  upstreams: { field: "upstream", types: ["targets"] },
  certificates: { field: "certificate", types: ["snis"] },
};

/** Collections that decK knows and the history does not. */
const NOT_KEPT = [
  "keys",
  "key_sets",
  "filter_chains",
  "partials",
  "licenses",
  "rbac_roles",
  "custom_entities",
  "oauth2_credentials",
  "mtls_auth_credentials",
  "degraphql_routes",
  "groups",
];

/** Fields that Kong always has: a file without them was written by hand, and says nothing about what they are. */
const ALWAYS: Partial<Record<EntityType, readonly string[]>> = {
  services: ["host", "protocol", "port", "read_timeout"],
  routes: ["protocols", "strip_path"],
  plugins: ["name", "enabled", "config"],
};

/** Throws `StateFileError` for what is no dump, with what to do instead. */
export function readDump(files: readonly StateFile[]): Dump {
  const dump: Dump = { entities: [], select_tags: [], left_out: {} };
  for (const file of files) readFile(file, dump);
  return dump;
}

function readFile(file: StateFile, dump: Dump): void {
  const document = parseStateFile(file).document.toJS({ maxAliasCount: 100 }) as unknown;
  if (!isFields(document) || !("_format_version" in document))
    throw new StateFileError(file.path, "has no _format_version", "Import what `deck gateway dump` wrote.");
  const { select_tags } = isFields(document._info) ? document._info : {};
  if (Array.isArray(select_tags)) dump.select_tags = select_tags.map(String);
  const configs = isFields(document._plugin_configs) ? document._plugin_configs : {};
  readCollections(ENTITY_TYPES, document, { dump, configs, path: file.path }, null);
}

interface Reading {
  dump: Dump;
  /** Configurations that several plugins share. */
  configs: Fields;
  path: string;
}

function readCollections(
  types: readonly EntityType[],
  holder: Fields,
  reading: Reading,
  parent: DumpEntity["parent"],
): void {
  for (const type of types) {
    for (const item of listIn(holder, type, reading.path)) readEntity(type, item, reading, parent);
  }
  for (const name of NOT_KEPT) {
    const count = name in holder ? listIn(holder, name, reading.path).length : 0;
    if (count > 0) reading.dump.left_out[name] = (reading.dump.left_out[name] ?? 0) + count;
  }
}

function readEntity(type: EntityType, item: Fields, reading: Reading, parent: DumpEntity["parent"]): void {
  const nested = NESTED[type];
  const inside = new Set<string>([...(nested?.types ?? []), ...NOT_KEPT]);
  const own = Object.entries(item).filter(([name]) => !inside.has(name) && name !== "_config");
  const fields: Fields = Object.fromEntries(own);
  if (typeof item._config === "string")
    fields.config = { ...asFields(reading.configs[item._config]), ...asFields(item.config) };
  const missing = (ALWAYS[type] ?? []).filter((name) => !(name in fields));
  if (missing.length > 0 && !isConsumerGroupPlugin(type, parent)) throw notDumped(reading.path, type, fields, missing);
  const entity: DumpEntity = { type, fields, parent };
  if (reading.dump.entities.push(entity) > MAX_ENTITIES)
    throw new StateFileError(
      reading.path,
      `has more than ${MAX_ENTITIES} entities`,
      "Dump parts of it by --select-tag.",
    );
  if (nested !== undefined) readCollections(nested.types, item, reading, { field: nested.field, entity });
}

/** decK writes those without `enabled`. */
const isConsumerGroupPlugin = (type: EntityType, parent: DumpEntity["parent"]) =>
  type === "plugins" && parent?.field === "consumer_group";

function notDumped(path: string, type: EntityType, { name }: Fields, missing: readonly string[]): StateFileError {
  return new StateFileError(
    path,
    `${type} ${JSON.stringify(String(name ?? "without a name").slice(0, 80))} has no ${missing.join(", ")}`,
    "Import a whole dump of the gateway (`deck gateway dump`, without --skip-defaults), not a file that was written by hand.",
  );
}

function listIn(holder: Fields, name: string, path: string): Fields[] {
  const list = holder[name] ?? [];
  if (Array.isArray(list) && list.every(isFields)) return list;
  throw new StateFileError(path, `${name} is not a list of entities`, "Import what `deck gateway dump` wrote.");
}

const asFields = (value: unknown): Fields => (isFields(value) ? value : {});

/** As it is written: a name or an id, or a map with one of them. */
export function referenceIn(entity: DumpEntity, field: string): string | null {
  const value = entity.fields[field];
  const text = isFields(value) ? (value.id ?? value.name ?? value.username) : value;
  return typeof text === "string" ? text : null;
}

export const referencesOf = (type: EntityType): [string, EntityType][] => Object.entries(collectionOf(type).references);
