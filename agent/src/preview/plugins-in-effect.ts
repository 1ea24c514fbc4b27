import type { Configuration, Entity } from "../drivers/gateway.ts";

/** An enabled instance of a plugin and the scope it is configured on; null: on any. */
export interface PluginInstance {
  id: string;
  name: string;
  route_id: string | null;
  service_id: string | null;
  consumer_id: string | null;
  config: Readonly<Record<string, unknown>>;
}

/** What a request is about, as far as it is known at that moment. */
export interface RequestScope {
  route_id: string | null;
  service_id: string | null;
  consumer_id: string | null;
}

export interface PluginIndex {
  /** Every name that is configured and enabled somewhere. */
  names: readonly string[];
  instances: readonly PluginInstance[];
  /** The instance of this name that Kong runs for the request, if any. */
  find(name: string, scope: RequestScope): PluginInstance | null;
  /** The same for every name. */
  inEffect(scope: RequestScope): Map<string, PluginInstance>;
}

type Part = "route_id" | "service_id" | "consumer_id";

/** Kong's order: the first combination that has an instance decides, and hides all that follow. */
const PRECEDENCE: readonly (readonly Part[])[] = [
  ["route_id", "service_id", "consumer_id"],
  ["route_id", "consumer_id"],
  ["service_id", "consumer_id"],
  ["route_id", "service_id"],
  ["consumer_id"],
  ["route_id"],
  ["service_id"],
  [],
];

export const foreignId = (entity: Entity, field: string): string | null => {
  const reference = entity[field];
  if (typeof reference !== "object" || reference === null) return null;
  const { id } = reference as { id?: unknown };
  return typeof id === "string" ? id : null;
};

/** Disabled instances never run, and hide nothing. Who is in a consumer group is not recorded: what is for one alone is left out. */
export function indexPlugins({ entities }: Pick<Configuration, "entities">): PluginIndex {
  const runs = (plugin: Entity) => plugin.enabled !== false && foreignId(plugin, "consumer_group") === null;
  const instances = (entities.plugins ?? []).filter(runs).map(instanceOf);
  const byKey = new Map(instances.map((instance) => [keyOf(instance.name, instance), instance]));
  const names = [...new Set(instances.map(({ name }) => name))].sort();
  const find = (name: string, scope: RequestScope) => {
    for (const parts of PRECEDENCE) {
      if (parts.some((part) => scope[part] === null)) continue;
      const found = byKey.get(keyOf(name, only(scope, parts)));
      if (found !== undefined) return found;
    }
    return null;
  };
  const inEffect = (scope: RequestScope) => {
    const found = new Map<string, PluginInstance>();
    for (const name of names) {
      const instance = find(name, scope);
      if (instance !== null) found.set(name, instance);
    }
    return found;
  };
  return { names, instances, find, inEffect };
}

function instanceOf(plugin: Entity): PluginInstance {
  return {
    id: plugin.id,
    name: String(plugin.name),
    route_id: foreignId(plugin, "route"),
    service_id: foreignId(plugin, "service"),
    consumer_id: foreignId(plugin, "consumer"),
    config: (plugin.config ?? {}) as Record<string, unknown>,
  };
}

const NOWHERE: RequestScope = { route_id: null, service_id: null, consumer_id: null };

function only(scope: RequestScope, parts: readonly Part[]): RequestScope {
  const narrowed = { ...NOWHERE };
  for (const part of parts) narrowed[part] = scope[part];
  return narrowed;
}

const keyOf = (name: string, { route_id, service_id, consumer_id }: RequestScope) =>
  `${name}|${route_id ?? ""}|${service_id ?? ""}|${consumer_id ?? ""}`;
