import type { Entity } from "../drivers/gateway.ts";
import { ActionRefused } from "./action-kind.ts";
import { configOf } from "./entities.ts";
import { describe } from "./own-plugin.ts";

const WINDOWS = ["second", "minute", "hour", "day", "month", "year"] as const;
type Limits = Partial<Record<(typeof WINDOWS)[number], number>>;

export function limitsOf(config: Record<string, unknown>): Limits {
  const limits: Limits = {};
  for (const window of WINDOWS) {
    const value = config[window];
    if (typeof value === "number") limits[window] = value;
  }
  return limits;
}

/**
 * Limits that are nowhere looser than either: of two, the smaller; and no longer window allows less than a shorter one, which
 * Kong refuses.
 */
export function tightest(ours: Limits, theirs: Limits): Limits {
  const merged: Limits = {};
  for (const window of WINDOWS) {
    const limit = Math.min(ours[window] ?? Number.POSITIVE_INFINITY, theirs[window] ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(limit)) merged[window] = limit;
  }
  let ceiling = Number.POSITIVE_INFINITY;
  for (const window of [...WINDOWS].reverse()) {
    const limit = merged[window];
    if (limit === undefined) continue;
    ceiling = Math.min(ceiling, limit);
    merged[window] = ceiling;
  }
  return merged;
}

/** Ours with the limits of one that it would hide or replace; refused where something would become looser. */
export function mergeLimits(ours: Record<string, unknown>, theirs: Entity): Record<string, unknown> {
  const { limit_by, policy } = configOf(theirs);
  if (limit_by !== ours.limit_by)
    throw new ActionRefused(
      `${describe(theirs)} limits by ${String(limit_by)} and would be hidden by one that limits by ${String(ours.limit_by)}`,
    );
  if (policy !== "local")
    throw new ActionRefused(
      `${describe(theirs)} counts over all nodes (${String(policy)}) and would be hidden by one that counts on each`,
    );
  return { ...ours, ...tightest(limitsOf(ours), limitsOf(configOf(theirs))) };
}
