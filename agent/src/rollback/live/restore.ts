import { isDeepStrictEqual } from "node:util";
import type { Change, Configuration, Entity } from "../../drivers/gateway.ts";
import type { EntityDiff } from "../history/diff.ts";

export interface Restoration {
  /** In the order in which they have to be written. */
  changes: Change[];
  /** What somebody changed again since: left alone. */
  conflicts: string[];
}

/** What is created comes from the outside in, what is removed from the inside out. */
const ORDER = [
  "vaults",
  "ca_certificates",
  "certificates",
  "snis",
  "upstreams",
  "targets",
  "consumer_groups",
  "consumers",
  "services",
  "routes",
  "plugins",
];
const place = (type: string) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);

/**
 * The writes that put the culprits' entities back to what they were, on top of the configuration as it is now. Only fields
 * that the change touched are set; what came later stays, and where it touched the same it is a conflict. Pure.
 */
export function restorationOf(culprits: readonly EntityDiff[], now: Configuration): Restoration {
  const conflicts: string[] = [];
  const forward: { diff: EntityDiff; change: Change }[] = [];
  const removals: { diff: EntityDiff; change: Change }[] = [];
  for (const diff of culprits) {
    const there = now.entities[diff.type]?.find(({ id }) => id === diff.id) ?? null;
    const step = restoreOne(diff, there);
    if (typeof step === "string") conflicts.push(`${diff.name}: ${step}`);
    else if (step !== null) (step.op === "delete" ? removals : forward).push({ diff, change: step });
  }
  forward.sort((a, b) => place(a.diff.type) - place(b.diff.type));
  removals.sort((a, b) => place(b.diff.type) - place(a.diff.type));
  return { changes: [...forward, ...removals].map(({ change }) => change), conflicts };
}

/** The write, null when it is back already, or why it cannot be. */
function restoreOne({ type, id, op, before, after, fields }: EntityDiff, there: Entity | null): Change | null | string {
  if (op === "added") {
    if (there === null) return null;
    return same(there, after, Object.keys(after ?? {}))
      ? { op: "delete", type, id, expect: there }
      : "it was changed since it was added";
  }
  if (op === "removed" && before !== null) {
    if (there !== null)
      return same(there, before, Object.keys(before)) ? null : "something else with its id is there again";
    return hasSecrets(before)
      ? "its secrets are not kept; create it again by hand"
      : { op: "create", type, entity: withoutTimes(before) };
  }
  if (there === null) return "it was removed since";
  const open = fields.filter((field) => !same(there, before, [field]));
  if (open.length === 0) return null;
  if (!same(there, after, open)) return `${open.join(", ")} changed again since`;
  const set = Object.fromEntries(open.map((field) => [field, before?.[field] ?? null]));
  return hasSecrets(set)
    ? "its secrets are not kept; set them by hand"
    : { op: "update", type, id, expect: there, set };
}

const TIMES = new Set(["created_at", "updated_at"]);

/** But for their times. */
export function same(a: Entity | null, b: Entity | null, fields: readonly string[]): boolean {
  return fields.every((field) => TIMES.has(field) || isDeepStrictEqual(a?.[field] ?? null, b?.[field] ?? null));
}

export const withoutTimes = (entity: Entity): Entity =>
  Object.fromEntries(Object.entries(entity).filter(([name]) => !TIMES.has(name))) as Entity;

/** Configurations hold fingerprints where secrets were. */
export function hasSecrets(value: unknown): boolean {
  return JSON.stringify(value).includes('"tr-secret:');
}
