import type { Configured } from "./apply-changes.ts";
import { foreignId, indexPlugins } from "./plugins-in-effect.ts";

/** An instance that stays configured and no longer decides for a route (or, for consumers of their own, there). */
export interface MaskedPlugin {
  plugin: string;
  id: string;
  /** The narrower instance that hides it. */
  by: string;
  route_id: string | null;
  consumer_id: string | null;
}

export function maskedPlugins(before: Configured, after: Configured): MaskedPlugin[] {
  const was = indexPlugins(before);
  const is = indexPlugins(after);
  const known = new Set(was.instances.map(({ id }) => id));
  const left = new Set(is.instances.map(({ id }) => id));
  const fresh = is.instances.filter(({ id }) => !known.has(id));
  const masked: MaskedPlugin[] = [];
  for (const route of after.entities.routes ?? []) {
    const place = { route_id: route.id, service_id: foreignId(route, "service") };
    for (const { name, consumer_id } of fresh) {
      const scope = { ...place, consumer_id };
      const [old, now] = [was.find(name, scope), is.find(name, scope)];
      if (old === null || now === null || old.id === now.id || !left.has(old.id)) continue;
      masked.push({ plugin: name, id: old.id, by: now.id, route_id: route.id, consumer_id });
    }
  }
  return masked;
}
