import { coversEntity, isFields, sameValue } from "./canonical.ts";
import type { Change, Entity, EntityType } from "./gateway.ts";

/**
 * What is written of an entity that is there, where the gateway has PATCH: what differs, so that an edit of somebody else between
 * comparing and writing is not overwritten. Kong's PATCH replaces fields, lists and maps whole and goes into records; of records it is known
 * only of a plugin's configuration that it is one. So of that its members go one by one, and each of them as a whole.
 */
export interface Part {
  before: Fields;
  after: Fields;
}

type Fields = Record<string, unknown>;

/** Those of which the rest is Kong's own work (hashes, names of certificates) are written whole. */
const PATCHABLE: readonly EntityType[] = ["services", "routes", "upstreams", "targets", "consumers", "plugins"];

/** Null where it has to be written whole. */
export function partOf({ op, type }: Change, before: Entity | null, wanted: Entity | null): Part | null {
  if (op !== "update" || before === null || wanted === null || !PATCHABLE.includes(type)) return null;
  const part: Part = { before: {}, after: {} };
  for (const field of differing(before, wanted)) {
    const members = type === "plugins" && field === "config" ? membersOf(before.config, wanted.config) : null;
    part.before[field] = members?.before ?? before[field] ?? null;
    part.after[field] = members?.after ?? wanted[field] ?? null;
  }
  return Object.keys(part.after).length === 0 ? null : part;
}

/** Null where a member is to go, which PATCH cannot do. */
function membersOf(before: unknown, wanted: unknown): Part | null {
  if (!isFields(before) || !isFields(wanted) || Object.keys(before).some((name) => !(name in wanted))) return null;
  const names = differing(before, wanted);
  const pick = (from: Fields) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
  return { before: pick(before), after: pick(wanted) };
}

const differing = (one: Fields, other: Fields): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => name !== "created_at" && name !== "updated_at" && !sameValue(one[name], other[name]),
  );

export const hasPart = (there: Entity | null, fields: Fields): boolean => there !== null && coversEntity(there, fields);

/** What is not of the part and is another than it was: `methods`, `config.minute`. */
export function editedBeside({ after }: Part, before: Entity, there: Entity): string[] {
  return differing(before, there).flatMap((field) => {
    const [ours, was, is] = [after[field], before[field], there[field]];
    if (!(field in after)) return [field];
    if (field !== "config" || !isFields(ours) || !isFields(was) || !isFields(is)) return [];
    return differing(was, is)
      .filter((name) => !(name in ours))
      .map((name) => `config.${name}`);
  });
}
