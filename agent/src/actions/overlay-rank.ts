import type { Configuration, Entity } from "../drivers/gateway.ts";
import { isOurs } from "../drivers/tags.ts";
import { entitiesOf } from "./entities.ts";
import { listOf, mayMeet } from "./fall-through.ts";

const KINDS = ["methods", "hosts", "headers", "snis", "sources", "destinations"];

const countOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? Object.keys(value).length : 0;

/** By what Kong tries routes first, as in 3.10, for one of a route's paths; the higher one is tried first. */
function rankOf(route: Entity, path: string | null): number[] {
  const kinds = KINDS.filter((field) => countOf(route[field]) > 0).length + (path === null ? 0 : 1);
  const hosts = listOf(route, "hosts");
  const isRegex = path?.startsWith("~") === true;
  return [
    kinds,
    hosts.length > 0 && !hosts.some((host) => host.includes("*")) ? 1 : 0,
    countOf(route.headers),
    isRegex ? 1 : 0,
    isRegex ? Number(route.regex_priority ?? 0) : 0,
    isRegex ? 0 : (path?.length ?? 0),
  ];
}

const pathsOf = (route: Entity): (string | null)[] => {
  const paths = listOf(route, "paths");
  return paths.length > 0 ? paths : [null];
};

const asList = (path: string | null): string[] => (path === null ? [] : [path]);

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function isBetween(other: Entity, original: Entity, copy: Entity): boolean {
  const [theirs, first, last] = [other, original, copy].map(({ priority }) => Number(priority ?? 0)) as [
    number,
    number,
    number,
  ];
  return theirs === last || (theirs === first && other.id > original.id);
}

/**
 * A route that may be tried before the original, but not before a copy with one more header: the copy would take requests from it. Null
 * when the copy takes what the original would get, and nothing else. Routes by expression come before all others, by their priority and then by
 * their ids; which of them meet the same requests nobody can tell.
 */
export function wouldLoseTo(configuration: Configuration, original: Entity, copy: Entity): Entity | null {
  const isExpression = typeof original.expression === "string";
  const others = entitiesOf(configuration, "routes").filter(
    ({ id, tags, expression }) =>
      id !== original.id && !isOurs(tags) && (typeof expression === "string") === isExpression,
  );
  if (isExpression) return others.find((other) => isBetween(other, original, copy)) ?? null;
  const loses = (other: Entity): boolean =>
    pathsOf(original).some((path) =>
      pathsOf(other).some(
        (theirs) =>
          mayMeet(original, other, asList(path), asList(theirs)) &&
          compare(rankOf(other, theirs), rankOf(original, path)) >= 0 &&
          compare(rankOf(other, theirs), rankOf(copy, path)) <= 0,
      ),
    );
  return others.find(loses) ?? null;
}
