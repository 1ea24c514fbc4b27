import { idOfChange } from "../drivers/before-images.ts";
import type { AppliedChange, Change, Configuration, Entity, EntityType } from "../drivers/gateway.ts";
import { isOurs } from "../drivers/tags.ts";
import type { Action } from "../store/actions.ts";
import { entitiesOf, findEntity, referenceId, same } from "./entities.ts";
import { isPatchable, withoutPatches } from "./hot-patch-code.ts";
import { belongsTo, outlives } from "./own-plugin.ts";
import { type Edit, putBack, type Restore, restoreOf, valueAt } from "./restore-tag.ts";

export interface TakenBack {
  changes: Change[];
  /** What somebody changed meanwhile, in plain words; it stays as it is. */
  left: string[];
}

/** What takes an action's changes back, the last first, as far as the gateway still has them. Pure. */
export function takeBack(action: Action, configuration: Configuration): TakenBack {
  const all: TakenBack = { changes: [], left: [] };
  const recorded = action.changes ?? [];
  const created = new Set(recorded.flatMap(({ change }) => (change.op === "create" ? [change.entity.id] : [])));
  for (const applied of [...recorded].reverse()) {
    const { change } = applied;
    const id = change.op === "create" ? change.entity.id : change.id;
    if (change.op !== "create" && created.has(id)) continue;
    const one = takeBackOne(action, applied, findEntity(configuration, change.type, id));
    all.changes.push(...one.changes);
    all.left.push(...one.left);
  }
  return sparingOthers(all, configuration);
}

/** A copied route on which somebody put a plugin stays with it: nobody is sent there any more, and theirs would go along. */
function sparingOthers({ changes, left }: TakenBack, configuration: Configuration): TakenBack {
  const going = new Set(changes.map(idOfChange));
  const isUsed = (change: Change): boolean =>
    change.op === "delete" &&
    change.type === "routes" &&
    entitiesOf(configuration, "plugins").some(
      (plugin) => !going.has(plugin.id) && referenceId(plugin, "route") === change.id,
    );
  const staying = changes
    .filter(isUsed)
    .map((change) => `routes ${idOfChange(change)} has a plugin of somebody else's, and stays`);
  return { changes: changes.filter((change) => !isUsed(change)), left: [...left, ...staying] };
}

function takeBackOne(action: Action, { change, before }: AppliedChange, there: Entity | null): TakenBack {
  if (change.op === "delete") {
    const gone = before ?? change.expect;
    return there === null
      ? { changes: [{ op: "create", type: change.type, entity: gone }], left: [] }
      : { changes: [], left: [] };
  }
  if (there === null) return { changes: [], left: [] };
  // Of a copied route everything goes, code of patches as well.
  if (change.type === "plugins" && isPatchable(there) && action.type !== "overlay_route") {
    const without = withoutPatches(there, (patch) => patch.id === action.id);
    return { changes: without === null ? [] : [without], left: [] };
  }
  if (change.op === "create") return removeOwn(action, change.type, there);
  const restore = restoreOf(there) ?? restoreFrom(action, change);
  return restore.action === action.id ? takeBackEdit(change.type, there, restore) : { changes: [], left: [] };
}

function removeOwn(action: Action, type: EntityType, there: Entity): TakenBack {
  if (!belongsTo(there, action)) {
    const owner = isOurs(there.tags) ? "another incident's" : "no longer the agent's";
    return { changes: [], left: [`${type} ${there.id} is ${owner} and stays`] };
  }
  if (outlives(there, action)) return { changes: [], left: [] };
  return { changes: [{ op: "delete", type, id: there.id, expect: there }], left: [] };
}

/** From the record, where somebody removed the tags. */
function restoreFrom(action: Action, change: Change & { op: "update" }): Restore {
  const { expect } = change;
  const edits = editsOf(change);
  return { action: action.id, incident: action.incident_id, expires_at: 0, edits, untagged: expect.tags === null };
}

/** Member by member, but for tags. */
export function editsOf({ expect, set }: Change & { op: "update" }): Edit[] {
  return Object.entries(set)
    .filter(([field]) => field !== "tags")
    .flatMap(([field, value]) => leavesOf([field], expect[field], value));
}

function leavesOf(path: string[], before: unknown, after: unknown): Edit[] {
  if (same(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [[path, before ?? null, after ?? null]];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => leavesOf([...path, name], before[name], after[name]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function takeBackEdit(type: EntityType, there: Entity, restore: Restore): TakenBack {
  const { set, left } = putBack(there, restore);
  const isDone = Object.entries(set).every(([field, value]) => same(there[field], value));
  const still = left.filter((path) => !isBack(there, restore, path));
  return {
    changes: isDone ? [] : [{ op: "update", type, id: there.id, expect: there, set }],
    left: still.map((path) => `${type} ${there.id}: somebody changed ${path} meanwhile, it stays`),
  };
}

const isBack = (there: Entity, { edits }: Restore, name: string): boolean =>
  edits.some(([path, before]) => path.join(".") === name && same(valueAt(there, path), before));
