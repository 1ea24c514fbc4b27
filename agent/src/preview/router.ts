import type { Entity } from "../drivers/gateway.ts";
import { originalOf } from "../drivers/tags.ts";
import type { Configured } from "./apply-changes.ts";
import { foreignId } from "./plugins-in-effect.ts";
import type { RecordedRequest } from "./recorded-request.ts";

export interface Routed {
  route_id: string;
  service_id: string | null;
  /** The service is another one, or sends requests elsewhere than it did. */
  diverted: boolean;
}

/** Null: no route matches any more. */
export type Router = (request: RecordedRequest) => Routed | null;

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const byId = (list: readonly Entity[] | undefined) => new Map((list ?? []).map((entity) => [entity.id, entity]));

/**
 * Where requests go after a change. The record says where they went before; only what a changed route or service can concern is
 * matched anew. Null when no route or service changes. Routes by expression and the values of headers are not evaluated.
 */
export function createRouter(before: Configured, after: Configured): Router | null {
  const changed = changedRoutes(before, after);
  if (changed.gone.size === 0 && changed.other.length === 0 && changed.diverted.size === 0) return null;
  const routes = liveRoutes(after).sort(byRank);
  const known = new Map<string, Routed | null>();
  return (request) => {
    const { method, path, host, route_id, service_id } = request;
    if (route_id === null && changed.other.length === 0) return null;
    const key = `${method} ${host ?? ""}${path} ${route_id}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const concerns = changed.gone.has(route_id ?? "") || changed.other.some((route) => matches(route, request));
    const found = concerns ? routes.find((route) => matches(route, request)) : undefined;
    const stays = { route_id: route_id ?? "", service_id, diverted: changed.diverted.has(service_id ?? "") };
    const routed = concerns ? moved(found, request, changed.diverted) : stays;
    known.set(key, routed);
    return routed;
  };
}

function moved(route: Entity | undefined, { service_id }: RecordedRequest, diverted: ReadonlySet<string>) {
  if (route === undefined) return null;
  const service = foreignId(route, "service");
  const isElsewhere = (service_id !== null && service !== service_id) || diverted.has(service ?? "");
  return { route_id: route.id, service_id: service, diverted: isElsewhere };
}

function liveRoutes({ entities }: Configured): Entity[] {
  const services = byId(entities.services);
  return (entities.routes ?? []).filter((route) => services.get(foreignId(route, "service") ?? "")?.enabled !== false);
}

const MATCHING = ["methods", "hosts", "paths", "headers", "protocols", "expression", "regex_priority", "service"];
const SENDING = ["host", "port", "path", "protocol"];
const differs = (a: Entity, b: Entity, fields: readonly string[]) =>
  fields.some((field) => JSON.stringify(a[field] ?? null) !== JSON.stringify(b[field] ?? null));

/** `gone`: matched differently or not at all now. `other`: may take requests of others. */
function changedRoutes(before: Configured, after: Configured) {
  const was = byId(liveRoutes(before));
  const is = byId(liveRoutes(after));
  const gone = new Set<string>();
  const other: Entity[] = [];
  for (const [id, route] of was) {
    const now = is.get(id);
    if (now === undefined || differs(route, now, MATCHING)) gone.add(id);
  }
  // Copies of routes take nobody's requests by themselves.
  for (const [id, route] of is)
    if ((!was.has(id) && originalOf(route.tags) === null) || gone.has(id)) other.push(route);
  return { gone, other, diverted: divertedServices(before, after) };
}

function divertedServices(before: Configured, after: Configured): Set<string> {
  const was = byId(before.entities.services);
  const changed = (after.entities.services ?? []).filter((service) => {
    const old = was.get(service.id);
    return old !== undefined && differs(old, service, SENDING);
  });
  return new Set(changed.map(({ id }) => id));
}

function matches(route: Entity, { method, path, host, route_id }: RecordedRequest): boolean {
  const methods = listOf(route.methods);
  if (methods.length > 0 && !methods.includes(method)) return false;
  const paths = listOf(route.paths);
  if (paths.length > 0 && !paths.some((one) => matchesPath(one, path))) return false;
  const own = route.id === route_id;
  const hosts = listOf(route.hosts);
  if (hosts.length > 0 && !(host === undefined ? own : hosts.some((one) => matchesHost(one, host)))) return false;
  return own || !hasFieldsNotRecorded(route);
}

const hasFieldsNotRecorded = ({ headers, expression }: Entity) =>
  (typeof headers === "object" && headers !== null && Object.keys(headers).length > 0) ||
  typeof expression === "string";

function matchesPath(pattern: string, path: string): boolean {
  if (!pattern.startsWith("~")) return path.startsWith(pattern);
  try {
    return new RegExp(`^(?:${pattern.slice(1).replace(/^\^/, "")})`).test(path);
  } catch {
    return false;
  }
}

function matchesHost(pattern: string, host: string): boolean {
  if (pattern.startsWith("*")) return host.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? host.startsWith(pattern.slice(0, -1)) : pattern === host;
}

/** More kinds of conditions first, then regular expressions by priority, longer paths, older routes. */
function byRank(a: Entity, b: Entity): number {
  return (
    rankOf(b)
      .map((value, i) => value - (rankOf(a)[i] ?? 0))
      .find((difference) => difference !== 0) ?? 0
  );
}

function rankOf(route: Entity): number[] {
  const paths = listOf(route.paths);
  const kinds = [route.methods, route.hosts, route.paths].filter((list) => listOf(list).length > 0).length;
  const isRegex = paths.some((path) => path.startsWith("~"));
  return [
    kinds,
    isRegex ? 1 : 0,
    isRegex ? Number(route.regex_priority ?? 0) : 0,
    Math.max(0, ...paths.map((path) => path.length)),
    -Number(route.created_at ?? 0),
  ];
}
