import { createHash } from "node:crypto";
import { type Configuration, ENTITY_TYPES, type Entity } from "./gateway.ts";

const TIMESTAMPS = new Set(["created_at", "updated_at"]);

type Fields = Record<string, unknown>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Two entities are the same to Kong when their canonical forms are: no timestamps, nothing unset, tags as a set. */
export function canonicalEntity(entity: Entity): unknown {
  const fields = Object.entries(entity).filter(([name]) => !TIMESTAMPS.has(name));
  const tags = entity.tags?.length ? [...entity.tags].sort() : null;
  return canonicalValue({ ...Object.fromEntries(fields), tags });
}

function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (!isFields(value)) return value;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .map(([name, member]) => [name, canonicalValue(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  // Lua does not tell an empty list from an empty table.
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}

export const sameValue = (a: unknown, b: unknown): boolean =>
  JSON.stringify(canonicalValue(a ?? null)) === JSON.stringify(canonicalValue(b ?? null));

export const sameEntity = (a: Entity | null, b: Entity | null): boolean =>
  a === null || b === null ? a === b : JSON.stringify(canonicalEntity(a)) === JSON.stringify(canonicalEntity(b));

/** What is wanted is there, whatever Kong filled in besides. */
export function covers(there: unknown, wanted: unknown): boolean {
  if (wanted === null || wanted === undefined) return there === null || there === undefined;
  if (isFields(wanted) && isFields(there)) {
    return Object.entries(wanted).every(([name, value]) => TIMESTAMPS.has(name) || covers(there[name], value));
  }
  return JSON.stringify(canonicalValue(there)) === JSON.stringify(canonicalValue(wanted));
}

export function coversEntity(there: Entity, wanted: Fields): boolean {
  const { tags, ...fields } = wanted;
  const sorted = (list: unknown) => (Array.isArray(list) ? [...list].sort() : []);
  return (!("tags" in wanted) || covers(sorted(there.tags), sorted(tags))) && covers(there, fields);
}

/** The hash is made when it is first asked for: planners never do. */
export function configurationOf(entities: Configuration["entities"]): Configuration {
  let known: string | undefined;
  return {
    entities,
    get hash() {
      known ??= hashOf(entities);
      return known;
    },
  };
}

function hashOf(entities: Configuration["entities"]): string {
  const hash = createHash("sha256");
  for (const type of ENTITY_TYPES) {
    const lines = (entities[type] ?? []).map((entity) => JSON.stringify(canonicalEntity(entity))).sort();
    if (lines.length > 0) hash.update(`${type}\n${lines.join("\n")}\n`);
  }
  return hash.digest("hex");
}
