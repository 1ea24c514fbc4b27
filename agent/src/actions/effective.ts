import type { Configuration, Entity } from "../drivers/gateway.ts";
import { entitiesOf, findEntity, referenceId } from "./entities.ts";

/** What a plugin instance is about; nothing at all: the whole gateway. */
export interface Scope {
  route?: string;
  service?: string;
  consumer?: string;
}

export function scopeOf(plugin: Entity): Scope {
  const scope: Scope = {};
  for (const field of ["route", "service", "consumer"] as const) {
    const id = referenceId(plugin, field);
    if (id !== null) scope[field] = id;
  }
  return scope;
}

export function scopeName(scope: Scope): string {
  const parts = Object.entries(scope).map(([kind, id]) => `${kind}:${id}`);
  return parts.length > 0 ? parts.join(",") : "gateway";
}

/** Kong uses one instance of a plugin for a request, that with the highest of these, and none of the others. */
function precedence({ route, service, consumer }: Scope): number {
  if (consumer !== undefined) {
    if (route !== undefined) return service !== undefined ? 7 : 6;
    return service !== undefined ? 5 : 3;
  }
  if (route !== undefined) return service !== undefined ? 4 : 2;
  return service !== undefined ? 1 : 0;
}

const isScope = (plugin: Entity, scope: Scope): boolean => scopeName(scopeOf(plugin)) === scopeName(scope);

const isOfGroup = (plugin: Entity): boolean => referenceId(plugin, "consumer_group") !== null;

/** But for those of consumer groups: they come before these for the members, stand on scopes of their own, and are nobody else's. */
export const instancesOf = (configuration: Configuration, name: string): Entity[] =>
  entitiesOf(configuration, "plugins").filter((plugin) => plugin.name === name && !isOfGroup(plugin));

/** A consumer's instance comes before a group's. Who is in the group is not known: any consumer may be. */
function ofGroups(configuration: Configuration, name: string, { consumer }: Scope): Entity[] {
  if (consumer === undefined) return [];
  const all = entitiesOf(configuration, "plugins").filter((plugin) => plugin.name === name && isOfGroup(plugin));
  return all.filter((plugin) => plugin.enabled !== false && scopeName(scopeOf(plugin)) === "gateway");
}

/** Kong allows one of a name on a scope, also one that is disabled. */
export const instanceOn = (configuration: Configuration, name: string, scope: Scope): Entity | null =>
  instancesOf(configuration, name).find((plugin) => isScope(plugin, scope)) ?? null;

/** Whether there can be a request that both are about. */
function meet(configuration: Configuration, a: Scope, b: Scope): boolean {
  if (a.consumer !== undefined && b.consumer !== undefined && a.consumer !== b.consumer) return false;
  if (a.route !== undefined && b.route !== undefined) return a.route === b.route;
  const services = [a, b].map((scope) => scope.service ?? serviceOf(configuration, scope.route));
  return services[0] === undefined || services[1] === undefined || services[0] === services[1];
}

function serviceOf(configuration: Configuration, route: string | undefined): string | undefined {
  const entity = route === undefined ? null : findEntity(configuration, "routes", route);
  return entity === null ? undefined : (referenceId(entity, "service") ?? "none");
}

/** Enabled instances that one on this scope would put out of force for some requests: what they ask for, it has to ask for too. */
export function maskedBy(configuration: Configuration, name: string, scope: Scope): Entity[] {
  const wider = instancesOf(configuration, name).filter(
    (plugin) =>
      plugin.enabled !== false &&
      precedence(scopeOf(plugin)) < precedence(scope) &&
      meet(configuration, scopeOf(plugin), scope),
  );
  return [...wider, ...ofGroups(configuration, name, scope)];
}

/** An enabled instance that would keep one on this scope from ever being used. */
export function hiding(configuration: Configuration, name: string, scope: Scope): Entity | null {
  const hides = (plugin: Entity): boolean => {
    const other = scopeOf(plugin);
    const isAlways = other.consumer === undefined || other.consumer === scope.consumer;
    return isAlways && other.route !== undefined && other.route === scope.route && other.service !== scope.service;
  };
  const narrower = instancesOf(configuration, name).filter(
    (plugin) => plugin.enabled !== false && precedence(scopeOf(plugin)) > precedence(scope),
  );
  return narrower.find(hides) ?? null;
}

/** The instance that decides for requests of the route without a consumer. */
export function inForceOn(configuration: Configuration, name: string, route: string): Entity | null {
  const scope = { route, service: serviceOf(configuration, route) ?? "none" };
  const candidates = instancesOf(configuration, name).filter((plugin) => {
    const other = scopeOf(plugin);
    return (
      plugin.enabled !== false &&
      other.consumer === undefined &&
      (other.route === undefined || other.route === route) &&
      (other.service === undefined || other.service === scope.service)
    );
  });
  return candidates.sort((a, b) => precedence(scopeOf(b)) - precedence(scopeOf(a)))[0] ?? null;
}
