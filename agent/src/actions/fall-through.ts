import type { Configuration, Entity } from "../drivers/gateway.ts";
import { entitiesOf } from "./entities.ts";

export const listOf = (entity: Entity, field: string): string[] => (entity[field] as string[] | null | undefined) ?? [];

const share = (a: string[], b: string[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((one) => b.includes(one));

/** Wildcards and regular expressions are taken for meeting everything. */
const hostsMeet = (a: string[], b: string[]): boolean => [...a, ...b].some((host) => host.includes("*")) || share(a, b);

function pathsMeet(a: string[], b: string[]): boolean {
  if (a.length === 0 || b.length === 0 || [...a, ...b].some((path) => path.startsWith("~"))) return true;
  return a.some((one) => b.some((other) => one.startsWith(other) || other.startsWith(one)));
}

/** Whether there may be requests that match both routes, as far as methods, hosts and these paths of theirs tell. */
export const mayMeet = (a: Entity, b: Entity, pathsOfA = listOf(a, "paths"), pathsOfB = listOf(b, "paths")): boolean =>
  share(listOf(a, "methods"), listOf(b, "methods")) &&
  hostsMeet(listOf(a, "hosts"), listOf(b, "hosts")) &&
  pathsMeet(pathsOfA, pathsOfB);

/**
 * Another route that would get requests which this one no longer takes: its service and its plugins may ask for less. Null when they
 * end with 404.
 */
export function wouldFallTo(configuration: Configuration, route: Entity, except: readonly string[]): Entity | null {
  const others = entitiesOf(configuration, "routes").filter(({ id }) => id !== route.id && !except.includes(id));
  return others.find((other) => typeof other.expression === "string" || mayMeet(route, other)) ?? null;
}
