import { referenceOf } from "../../drivers/collections.ts";
import type { Configuration, Entity } from "../../drivers/gateway.ts";
import type { EntityDiff } from "../history/diff.ts";

/** Routes that a change can reach, by id; `all` where it reaches every request. */
export type Closure = "all" | ReadonlySet<string>;

/** Before and after the change, since what is gone reached something, too. */
export function closureOf(diff: EntityDiff, before: Configuration, after: Configuration): Closure {
  const reached = new Set<string>();
  for (const [entity, configuration] of [
    [diff.before, before],
    [diff.after, after],
  ] as const) {
    if (entity === null) continue;
    const part = routesOf(diff, entity, configuration);
    if (part === "all") return "all";
    for (const id of part) reached.add(id);
  }
  return reached;
}

function routesOf({ type }: EntityDiff, entity: Entity, configuration: Configuration): Closure {
  switch (type) {
    case "routes":
      return new Set([entity.id]);
    case "services":
      return routesOfServices(configuration, (service) => service.id === entity.id);
    case "plugins":
      return routesOfPlugin(entity, configuration);
    case "upstreams":
      return routesOfServices(configuration, (service) => service.host === entity.name);
    case "targets": {
      const upstream = configuration.entities.upstreams?.find(({ id }) => id === referenceOf(entity, "upstream"));
      return upstream === undefined
        ? new Set()
        : routesOfServices(configuration, (service) => service.host === upstream.name);
    }
    default:
      return "all";
  }
}

function routesOfPlugin(plugin: Entity, configuration: Configuration): Closure {
  const route = referenceOf(plugin, "route");
  if (route !== null) return new Set([route]);
  const service = referenceOf(plugin, "service");
  return service === null ? "all" : routesOfServices(configuration, ({ id }) => id === service);
}

function routesOfServices(configuration: Configuration, wanted: (service: Entity) => boolean): Closure {
  const services = new Set((configuration.entities.services ?? []).filter(wanted).map(({ id }) => id));
  const routes = (configuration.entities.routes ?? []).filter((route) =>
    services.has(referenceOf(route, "service") ?? ""),
  );
  return new Set(routes.map(({ id }) => id));
}

export const reaches = (closure: Closure, routeId: string): boolean => closure === "all" || closure.has(routeId);
