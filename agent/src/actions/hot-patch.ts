import { z } from "zod";
import type { Change, Configuration, Entity } from "../drivers/gateway.ts";
import { expiryOf, isOurs, ownerTags } from "../drivers/tags.ts";
import { type Condition, compile, conditionSchema, type HotPatch, patchOf } from "../hot-patch/index.ts";
import type { ActionType } from "../store/schema.ts";
import { type ActionKind, ActionRefused, type PlannedChange, type Risk } from "./action-kind.ts";
import { instanceOn, maskedBy, type Scope } from "./effective.ts";
import { configOf, needEntity, same } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { codeOf, type PatchPhase } from "./hot-patch-code.ts";
import { describe, ownId } from "./own-plugin.ts";

const PLUGIN = "pre-function";
const params = z.strictObject({
  when: conditionSchema,
  status: z.number().int().min(400).max(599).default(403),
});

/** `log` and `share` come with the stage it is in. */
function codeFor(action: PlannedChange, only: HotPatch["only"]): string {
  const { when, status, log, share } = action.params;
  return compile({
    id: action.id,
    when: when as Condition,
    expires_at: Math.floor((action.expires_at ?? 0) / 1000),
    status: log === 1 ? null : Number(status ?? 403),
    share: typeof share === "number" ? share : 1,
    ...(only === undefined ? {} : { only }),
  });
}

/** In another's code: at the end, in place of an earlier form of the same patch. */
function putInto(action: PlannedChange, host: Entity, phase: PatchPhase, code: string): Change[] {
  if (host.enabled === false) throw new ActionRefused(`${describe(host)} is there, disabled, and Kong allows only one`);
  const others = codeOf(host, phase).filter((one) => patchOf(one)?.id !== action.id);
  const wanted = [...others, code];
  if (same(codeOf(host, phase), wanted)) return [];
  const set: Record<string, unknown> = { config: { ...configOf(host), [phase]: wanted } };
  const expires_at = action.expires_at ?? 0;
  // Of two incidents' patches in one entity of ours, the later one keeps it.
  if (isOurs(host.tags) && (expiryOf(host.tags) ?? 0) * 1000 < expires_at)
    set.tags = ownerTags(action.incident_id, expires_at);
  return [{ op: "update", type: "plugins", id: host.id, expect: host, set }];
}

function onlyFor(scope: Scope): HotPatch["only"] {
  if (scope.route !== undefined) return { route: scope.route };
  return scope.service === undefined ? undefined : { service: scope.service };
}

function patch(action: PlannedChange, configuration: Configuration, gateway: string, scope: Scope): Change[] {
  const phase: PatchPhase = onlyFor(scope) === undefined ? "rewrite" : "access";
  const there = instanceOn(configuration, PLUGIN, scope);
  if (there !== null) return putInto(action, there, phase, codeFor(action, undefined));
  // A narrower instance would put a wider one out of force: the code joins that one, and keeps to its scope itself.
  const [inForce] = maskedBy(configuration, PLUGIN, scope).sort((a, b) => Number(!!b.service) - Number(!!a.service));
  if (inForce !== undefined) return putInto(action, inForce, phase, codeFor(action, onlyFor(scope)));
  const references = Object.fromEntries(Object.entries(scope).map(([field, id]) => [field, { id }]));
  const entity: Entity = {
    id: ownId(action, scope, gateway),
    name: PLUGIN,
    ...references,
    enabled: true,
    tags: ownerTags(action.incident_id, action.expires_at ?? 0),
    config: { [phase]: [codeFor(action, undefined)] },
  };
  return [{ op: "create", type: "plugins", entity }];
}

function hotPatchOn(
  type: ActionType,
  risk: Risk,
  scopeOf: (action: PlannedChange, configuration: Configuration) => Scope,
): ActionKind {
  return entityAction({
    type,
    risk,
    ...(risk === "global" ? { aim: "gateway" as const } : {}),
    params,
    plugin: PLUGIN,
    staged: true,
    ends_itself: true,
    changes: (action, configuration, gateway) => patch(action, configuration, gateway, scopeOf(action, configuration)),
  });
}

/**
 * Stops the requests of a route that meet a condition, before authentication and every other plugin. Ends by its own clock.
 *
 * Example: `{ route_id }`, `{ when: { field: "query", name: "id", contains: "union" }, status: 403 }`.
 */
export const hotPatch = hotPatchOn("hot_patch", "route", ({ target }, configuration) =>
  target.service_id !== undefined && target.route_id === undefined
    ? { service: needEntity(configuration, "services", target.service_id).id }
    : { route: needEntity(configuration, "routes", target.route_id).id },
);

/** The same for every request to the gateway, also those without a route. */
export const hotPatchGateway = hotPatchOn("hot_patch_gateway", "global", () => ({}));
