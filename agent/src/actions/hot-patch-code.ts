import type { Change, Entity } from "../drivers/gateway.ts";
import { isOurs, withoutOwnerTags } from "../drivers/tags.ts";
import { patchOf } from "../hot-patch/index.ts";
import { configOf } from "./entities.ts";

/** Where `pre-function` may have code. */
const PHASES = ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"] as const;
export type PatchPhase = "rewrite" | "access";

export const isPatchable = (entity: Entity): boolean => entity.name === "pre-function";

export function codeOf(plugin: Entity, phase: (typeof PHASES)[number]): string[] {
  const code = configOf(plugin)[phase];
  return Array.isArray(code) ? (code as string[]) : [];
}

/**
 * Takes the meant ones of the agent's patches out and leaves everything else; the entity goes where it is the agent's and nothing is
 * left in it. Null where there is nothing to take out.
 */
export function withoutPatches(
  entity: Entity,
  isMeant: (patch: { id: string; expires_at: number }) => boolean,
): Change | null {
  const config = { ...configOf(entity) };
  const left: string[] = [];
  let taken = 0;
  for (const phase of PHASES) {
    const code = codeOf(entity, phase);
    const kept = code.filter((one) => {
      const patch = patchOf(one);
      return patch === null || !isMeant(patch);
    });
    left.push(...kept);
    taken += code.length - kept.length;
    if (kept.length < code.length) config[phase] = kept;
  }
  if (taken === 0) return null;
  if (left.length === 0) {
    // Kong wants code in it. What has expired does nothing, and the entity is not the agent's to remove.
    return isOurs(entity.tags) ? { op: "delete", type: "plugins", id: entity.id, expect: entity } : null;
  }
  const isOthersNow = isOurs(entity.tags) && left.every((one) => patchOf(one) === null);
  const tags = isOthersNow ? { tags: withoutOwnerTags(entity.tags) } : {};
  return { op: "update", type: "plugins", id: entity.id, expect: entity, set: { config, ...tags } };
}
