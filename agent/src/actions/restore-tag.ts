import type { Change, Entity, EntityType } from "../drivers/gateway.ts";
import { ActionRefused, type PlannedChange } from "./action-kind.ts";
import { same } from "./entities.ts";

/**
 * Entities of others that the agent edits for a while carry what is needed to put them back, in tags of their own: anybody can
 * do it, without database or agent. They never carry the owner's tag, since what carries that one is removed.
 */
const PREFIX = "tr:restore:";
const PIECE = 100;
const MAX_PIECES = 40;

/** A path of members, what stood there, and what was put in its place. */
export type Edit = [path: string[], before: unknown, after: unknown];

export interface Restore {
  action: string;
  incident: string;
  /** Epoch seconds. */
  expires_at: number;
  edits: Edit[];
  /** Its tags were null, which an empty list is not. */
  untagged: boolean;
}

const isRestoreTag = (tag: string): boolean => tag.startsWith(PREFIX);

/** The restore tags of an entity, read; null for what was not edited, or what somebody tampered with. */
export function restoreOf(entity: Entity): Restore | null {
  const pieces = (entity.tags ?? []).filter(isRestoreTag).map((tag) => tag.slice(PREFIX.length).split(":"));
  if (pieces.length === 0) return null;
  const sorted = pieces.sort(([a], [b]) => Number(a) - Number(b)).map(([, text]) => text ?? "");
  try {
    const [action, incident, expires_at, edits, untagged] = JSON.parse(
      Buffer.from(sorted.join(""), "base64url").toString("utf8"),
    );
    return { action, incident, expires_at, edits, untagged: untagged === 1 };
  } catch {
    return null;
  }
}

function tagsFor({ action, incident, expires_at, edits, untagged }: Restore): string[] {
  const text = Buffer.from(JSON.stringify([action, incident, expires_at, edits, untagged ? 1 : 0])).toString(
    "base64url",
  );
  const pieces = text.match(new RegExp(`.{1,${PIECE}}`, "g")) ?? [];
  if (pieces.length > MAX_PIECES) throw new ActionRefused("what it would replace is too long to be kept on the entity");
  return pieces.map((piece, i) => `${PREFIX}${i}:${piece}`);
}

export function valueAt(entity: Entity, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], entity);
}

/** Top-level fields in full, with the values put in at their paths. */
function fieldsWith(
  entity: Entity,
  values: readonly (readonly [readonly string[], unknown])[],
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [[field = "", ...rest], value] of values) {
    fields[field] = replaceAt(field in fields ? fields[field] : entity[field], rest, value ?? null);
  }
  return fields;
}

function replaceAt(into: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const record = (into ?? {}) as Record<string, unknown>;
  return { ...record, [name]: replaceAt(record[name], rest, value) };
}

/**
 * Edits somebody else's entity for as long as the action lasts. No change when the action has edited it already; refused while
 * another action has.
 */
export function editEntity(
  action: PlannedChange,
  type: EntityType,
  entity: Entity,
  values: readonly (readonly [path: string[], value: unknown])[],
): Change[] {
  const earlier = restoreOf(entity);
  if (earlier !== null && earlier.action !== action.id)
    throw new ActionRefused(`the agent has changed it already, for incident ${earlier.incident}`);
  const before = earlier === null ? entity : restored(entity, earlier);
  const edits: Edit[] = values
    .map(([path, value]): Edit => [path, valueAt(before, path) ?? null, value ?? null])
    .filter(([, old, value]) => !same(old, value));
  if (edits.length === 0) throw new ActionRefused("it is so already");
  const restore: Restore = {
    action: action.id,
    incident: action.incident_id,
    expires_at: Math.floor((action.expires_at ?? 0) / 1000),
    edits,
    untagged: (before.tags ?? null) === null,
  };
  const tags = [...(before.tags ?? []), ...tagsFor(restore)];
  const set = {
    ...fieldsWith(
      before,
      edits.map(([path, , value]) => [path, value]),
    ),
    tags,
  };
  if (Object.entries(set).every(([field, value]) => same(entity[field], value))) return [];
  return [{ op: "update", type, id: entity.id, expect: entity, set }];
}

function restored(entity: Entity, restore: Restore): Entity {
  return { ...entity, ...putBack(entity, restore).set };
}

/** What puts an edited entity back, and which of its members somebody changed meanwhile and which are left alone for that. */
export function putBack(entity: Entity, restore: Restore): { set: Record<string, unknown>; left: string[] } {
  const ours = restore.edits.filter(([path, , after]) => same(valueAt(entity, path), after));
  const left = restore.edits.filter((edit) => !ours.includes(edit)).map(([path]) => path.join("."));
  const others = (entity.tags ?? []).filter((tag) => !isRestoreTag(tag));
  const tags = others.length === 0 && restore.untagged ? null : others;
  return {
    set: {
      ...fieldsWith(
        entity,
        ours.map(([path, before]) => [path, before]),
      ),
      tags,
    },
    left,
  };
}
