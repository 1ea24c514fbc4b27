import type { PluginEntity } from "../drivers/admin-api.ts";

export const WINDOWS = ["second", "minute", "hour", "day", "month", "year"] as const;
export type Limits = Partial<Record<(typeof WINDOWS)[number], number>>;

export function limitsOf(config: Record<string, unknown> | null | undefined): Limits {
  const limits: Limits = {};
  for (const window of WINDOWS) {
    const value = config?.[window];
    if (typeof value === "number") limits[window] = value;
  }
  return limits;
}

/** The instance that decides for the route now and that one on the route itself would hide: service before global. */
export function maskedBy(
  instances: readonly PluginEntity[],
  routeId: string,
  serviceId: string | null,
): PluginEntity | null {
  const wider = instances.filter((instance) => !instance.consumer && instance.enabled !== false);
  const ofRoute = (instance: PluginEntity) => instance.route?.id ?? null;
  const ofService = (instance: PluginEntity) => instance.service?.id ?? null;
  return (
    wider.find((instance) => ofRoute(instance) === routeId && ofService(instance) !== null) ??
    wider.find((instance) => ofRoute(instance) === null && serviceId !== null && ofService(instance) === serviceId) ??
    wider.find((instance) => ofRoute(instance) === null && ofService(instance) === null) ??
    null
  );
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

/** Why our limit cannot take the place of theirs without loosening something, or null. */
export function whyNotOver(theirs: PluginEntity, limitBy: string): string | null {
  const name = `rate-limiting ${theirs.id} of ${theirs.service ? "the service" : "the gateway"}`;
  const by = theirs.config?.limit_by;
  if (by !== limitBy) return `${name} limits by ${String(by)} and would be hidden by one that limits by ${limitBy}`;
  const policy = theirs.config?.policy;
  if (policy !== "local")
    return `${name} counts over all nodes (${String(policy)}) and would be hidden by one that counts on each`;
  return null;
}
