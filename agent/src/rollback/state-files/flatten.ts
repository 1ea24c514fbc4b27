import { canonicalJson, sha256 } from "../../canonical-json.ts";
import { collectionsIn } from "./collections.ts";
import { parseStateFile, type StateFile, StateFileError } from "./parse.ts";

type Fields = Record<string, unknown>;

/** An entity of decK's files as the Admin API would list it: by itself, with references by name. */
export interface FlatEntity {
  type: string;
  id: string | null;
  name: string | null;
  /** Equal for the same entity in every version of the files, nested or not, and in the gateway. */
  identity: string;
  /** Field → name of what it refers to. */
  references: Readonly<Record<string, string>>;
  fields: Readonly<Fields>;
}

/** Field that refers to another entity → the collection below which it need not be written. */
const REFERENCES: Readonly<Record<string, string>> = {
  service: "services",
  route: "routes",
  consumer: "consumers",
  consumer_group: "consumer_groups",
  upstream: "upstreams",
};
const NAME_FIELDS = ["prefix", "username", "custom_id", "target", "group", "name"];
const MAX_ALIASES = 1_000;

/**
 * Everything in the files, whatever way it is nested. `names` knows entities that the files refer to by id and do not hold. Throws
 * `StateFileError`.
 */
export function flatten(files: readonly StateFile[], names: ReadonlyMap<string, string>): Map<string, FlatEntity> {
  const found: Omit<FlatEntity, "identity">[] = [];
  const known = new Map(names);
  for (const file of files) {
    const document = valuesOf(file);
    const shared = {
      plugins: recordOf(document._plugin_configs),
      defaults: recordOf(recordOf(document._info).defaults),
    };
    walk(document, "", {}, shared, found);
  }
  for (const { id, name } of found) if (id !== null && name !== null) known.set(id, name);
  const entities = new Map<string, FlatEntity>();
  for (const entity of found) {
    const named = mapValues(entity.references, (reference) => known.get(reference) ?? reference);
    const whole = { ...entity, references: named };
    entities.set(identityOf(whole), { ...whole, identity: identityOf(whole) });
  }
  return entities;
}

/** Names of routes, services and consumers are theirs alone; of the rest, with what they belong to. */
export function identityOf({ type, id, name, references, fields }: Omit<FlatEntity, "identity">): string {
  const own = name ?? (id === null ? `#${digest({ ...fields, ...references })}` : `id:${id}`);
  const isAlone = type === "routes" && name !== null;
  const owners = isAlone ? [] : Object.entries(references).map(([field, value]) => `${field}=${value}`);
  return [type, own, ...owners.sort()].join(" ");
}

export const nameOf = (fields: Fields): string | null => {
  const field = NAME_FIELDS.find((one) => typeof fields[one] === "string");
  return field === undefined ? null : String(fields[field]);
};

interface Shared {
  /** `_plugin_configs`, which plugins name in `_config`. */
  plugins: Fields;
  /** `_info.defaults`. */
  defaults: Fields;
}

function walk(item: Fields, type: string, above: Fields, shared: Shared, found: Omit<FlatEntity, "identity">[]): void {
  const nested = collectionsIn(type);
  const id = typeof item.id === "string" ? item.id : null;
  if (type !== "") found.push(entityOf(type, id, item, above, shared));
  const field = Object.keys(REFERENCES).find((one) => REFERENCES[one] === type);
  const own = field === undefined ? {} : { [field]: nameOf(item) ?? id ?? "" };
  for (const below of nested) {
    const list = item[below];
    if (!Array.isArray(list)) continue;
    for (const one of list) walk(recordOf(one), below, own, shared, found);
  }
}

function entityOf(type: string, id: string | null, item: Fields, above: Fields, shared: Shared) {
  const fields: Fields = { ...recordOf(shared.defaults[type.replace(/s$/, "")]) };
  const references: Record<string, string> = mapValues(above, String);
  for (const [name, value] of Object.entries(item)) {
    if (name === "id" || collectionsIn(type).includes(name)) continue;
    if (Object.hasOwn(REFERENCES, name)) {
      const reference = referenceIn(value);
      if (reference !== null) references[name] = reference;
    } else fields[name] = value;
  }
  if (type === "services") expandUrl(fields);
  if (type === "plugins") shareConfig(fields, shared.plugins);
  if ("enabled" in fields) fields.enabled = !/^(?:false|no|off|n)$/i.test(String(fields.enabled));
  return { type, id, name: nameOf(fields), references, fields };
}

function referenceIn(value: unknown): string | null {
  if (typeof value === "string") return value;
  const { name, username, id } = recordOf(value);
  const text = name ?? username ?? id;
  return typeof text === "string" ? text : null;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `url` is short for four fields. */
function expandUrl(fields: Fields): void {
  if (typeof fields.url !== "string" || !URL.canParse(fields.url)) return;
  const { protocol, hostname, port, pathname } = new URL(fields.url);
  const scheme = protocol.slice(0, -1);
  delete fields.url;
  const path = pathname === "/" ? null : pathname;
  Object.assign(fields, { protocol: scheme, host: hostname, port: Number(port) || (PORTS[scheme] ?? 80), path });
}

function shareConfig(fields: Fields, plugins: Fields): void {
  if (typeof fields._config === "string")
    fields.config = { ...recordOf(plugins[fields._config]), ...recordOf(fields.config) };
  delete fields._config;
}

function valuesOf(file: StateFile): Fields {
  const { document } = parseStateFile(file);
  try {
    return recordOf(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch {
    throw new StateFileError(file.path, "has aliases that grow too large", "Expand the aliases.");
  }
}

const recordOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const mapValues = (record: Fields | Readonly<Record<string, string>>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(String(value))]));
const digest = (value: unknown) => sha256(canonicalJson(value)).slice(0, 12);
