import { z } from "zod";
import type { Entity } from "../drivers/gateway.ts";
import { ActionRefused, type PlannedChange } from "./action-kind.ts";
import { needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { wouldFallTo } from "./fall-through.ts";
import { editEntity, putBack, restoreOf } from "./restore-tag.ts";

const text = z.string().min(1).max(500);

/** What stays; at least one of the three is needed. */
const params = z.strictObject({
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/))
    .min(1)
    .max(20)
    .optional(),
  paths: z.array(text.startsWith("/")).min(1).max(20).optional(),
  headers: z.record(z.string().regex(/^[\w-]{1,64}$/), z.array(text).min(1).max(20)).optional(),
});
type Params = z.output<typeof params>;

function methodsFor(route: Entity, methods: string[]): string[] {
  const there = route.methods as string[] | null | undefined;
  const kept = there?.length ? there.filter((method) => methods.includes(method)) : methods;
  if (kept.length === 0) throw new ActionRefused(`the route takes none of ${methods.join(", ")}`);
  return kept;
}

function pathsFor(route: Entity, paths: string[]): string[] {
  const there = (route.paths as string[] | null | undefined) ?? [];
  if (route.strip_path !== false && there.length > 0)
    throw new ActionRefused(
      "the route strips its path, so that another one would change what the service is asked for",
    );
  const outside = paths.find((path) => there.length > 0 && !there.some((one) => path.startsWith(one)));
  if (outside !== undefined) throw new ActionRefused(`the route does not take ${outside} now`);
  return paths;
}

function headersFor(route: Entity, wanted: Record<string, string[]>): Record<string, string[]> {
  const headers: Record<string, string[]> = { ...(route.headers as Record<string, string[]> | null | undefined) };
  for (const [name, values] of Object.entries(wanted)) {
    const known = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
    const kept = known === undefined ? values : values.filter((value) => headers[known]?.includes(value));
    if (kept.length === 0) throw new ActionRefused(`the route takes none of these values of ${name}`);
    headers[known ?? name] = kept;
  }
  return headers;
}

/** As it was before the action, where it has been applied already. */
function before(action: PlannedChange, route: Entity): Entity {
  const earlier = restoreOf(route);
  return earlier?.action === action.id ? { ...route, ...putBack(route, earlier).set } : route;
}

/**
 * Makes a route take fewer requests: the others find no route, and end with 404 before any plugin but global ones.
 *
 * Example: `{ route_id }`, `{ methods: ["GET", "HEAD"] }`.
 */
export const restrictRoute = entityAction({
  type: "restrict_route",
  risk: "route",
  params,
  ends_itself: false,
  changes: (action, configuration) => {
    const there = needEntity(configuration, "routes", action.target.route_id);
    const route = before(action, there);
    if (typeof route.expression === "string")
      throw new ActionRefused("the route is an expression, which is not edited");
    const other = wouldFallTo(configuration, route, []);
    if (other !== null)
      throw new ActionRefused(`what it no longer takes would fall to route ${String(other.name ?? other.id)}`);
    const { methods, paths, headers } = action.params as Params;
    const values: [string[], unknown][] = [];
    if (methods !== undefined) values.push([["methods"], methodsFor(route, methods)]);
    if (paths !== undefined) values.push([["paths"], pathsFor(route, paths)]);
    if (headers !== undefined) values.push([["headers"], headersFor(route, headers)]);
    return editEntity(action, "routes", there, values);
  },
});
