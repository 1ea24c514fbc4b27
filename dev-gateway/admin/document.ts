import { createHash } from "node:crypto";
import { parse, stringify } from "yaml";
import { Collection } from "./collection.ts";
import { ENTITY_TYPES, type EntityType } from "./entities.ts";
import { AdminError, invalidDocument } from "./errors.ts";
import { isRecord, type Value } from "./field.ts";
import type { Gateway } from "./gateway.ts";
import { Store } from "./store.ts";
import { isUuid } from "./validate.ts";

const HEADER = new Set(["_format_version", "_transform", "_comment", "_info"]);

/** Where children may be written inside their parent, under which name. */
function nestingsOf(parent: EntityType): { name: string; child: EntityType; field: string }[] {
  return ENTITY_TYPES.flatMap((child) =>
    Object.entries(child.fields)
      .filter(([, field]) => field.reference === parent.name)
      .map(([field]) => ({ name: child.name, child, field })),
  );
}

interface Row {
  type: EntityType;
  value: Value;
  /** Where it stands in the document, for messages. */
  path: (string | number)[];
}

/** The same document gives the same ids, however often it is posted. */
function stableId(type: EntityType, value: Value, path: Row["path"]): string {
  const named = type.endpointKey && value[type.endpointKey];
  const hex = createHash("sha1")
    .update(JSON.stringify([type.name, named ?? path]))
    .digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Takes children out of their parents, leaving a reference by name or id. */
function flatten(type: EntityType, value: Value, path: Row["path"], rows: Row[]): void {
  const own: Value = { ...value };
  own.id ??= stableId(type, own, path);
  rows.push({ type, value: own, path });
  for (const { name, child, field } of nestingsOf(type)) {
    const children = own[name];
    delete own[name];
    if (!Array.isArray(children)) continue;
    for (const [i, item] of children.entries()) {
      flatten(child, { ...(item as Value), [field]: { id: own.id } }, [...path, name, i], rows);
    }
  }
}

function rowsOf(document: Value): Row[] {
  const rows: Row[] = [];
  for (const [name, items] of Object.entries(document)) {
    const type = ENTITY_TYPES.find((candidate) => candidate.name === name);
    if (HEADER.has(name)) continue;
    if (!type) throw invalidDocument({ [name]: "unknown field" });
    if (!Array.isArray(items)) throw invalidDocument({ [name]: "expected an array" });
    for (const [i, item] of items.entries()) flatten(type, item as Value, [name, i], rows);
  }
  return rows;
}

/** In documents a parent may be named instead of told by id. */
function resolveReferences(row: Row, rows: Row[]): Value {
  const value = { ...row.value };
  for (const [name, field] of Object.entries(row.type.fields)) {
    const reference = value[name];
    if (field.type !== "foreign" || reference === undefined || reference === null) continue;
    const key = isRecord(reference) ? (reference.id ?? reference.name ?? reference.username) : reference;
    if (typeof key === "string" && isUuid(key)) {
      value[name] = { id: key };
      continue;
    }
    const parent = rows.find(
      (other) => other.type.name === field.reference && other.value[other.type.endpointKey!] === key,
    );
    value[name] = { id: parent?.value.id ?? key };
  }
  return value;
}

/** Puts a problem where its entity stands in the document. */
function placed(path: Row["path"], problem: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => {
    if (typeof step === "string") return { [step]: inner };
    return [...Array<null>(step).fill(null), inner];
  }, problem);
}

async function insertRow(row: Row, collection: Collection, value: Value, isExport: boolean): Promise<void> {
  try {
    await (isExport ? collection.restore(value) : collection.insert(value));
  } catch (error) {
    if (error instanceof AdminError) throw invalidDocument(placed(row.path, error.body.fields ?? error.message));
    throw error;
  }
}

export function parseDocument(text: string): Value {
  const document = parse(text) as unknown;
  if (!isRecord(document)) throw invalidDocument({ error: "expected an object" });
  return document;
}

/** Replaces everything by what the document says, or throws and leaves all as it was. */
export async function loadDocument(gateway: Gateway, document: Value): Promise<void> {
  const version = document._format_version;
  if (version === undefined) throw invalidDocument({ _format_version: "required field missing" });
  if (!["1.1", "2.1", "3.0"].includes(String(version))) {
    throw invalidDocument({ _format_version: "expected one of: 1.1, 2.1, 3.0" });
  }
  const rows = rowsOf(document);
  const order = (row: Row) => ENTITY_TYPES.indexOf(row.type);
  const store = new Store();
  const isExport = document._transform === false;
  for (const row of [...rows].sort((a, b) => order(a) - order(b))) {
    // A plugin of one name on one scope twice is accepted, and the later one wins.
    const { cacheKey: _, ...type } = row.type;
    const collection = new Collection(type, store, gateway.rules);
    await insertRow(row, collection, resolveReferences(row, rows), isExport);
  }
  gateway.store.replaceWith(store);
}

export function exportDocument(gateway: Gateway): string {
  const tables = ENTITY_TYPES.map((type) => [type.name, gateway.store.all(type.name).map(exported)] as const);
  const filled = Object.fromEntries(tables.filter(([, rows]) => rows.length > 0));
  return stringify({ _format_version: "3.0", _transform: false, ...filled });
}

/** References are written as the parent's id. */
function exported(entity: Value): Value {
  return Object.fromEntries(
    Object.entries(entity).map(([key, value]) => {
      const isReference = isRecord(value) && Object.keys(value).length === 1 && typeof value.id === "string";
      return [key, isReference ? value.id : value];
    }),
  );
}
