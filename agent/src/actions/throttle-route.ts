import type { GatewayDriver, PluginEntity, PluginWrite } from "../drivers/admin-api.ts";
import { AdminApiError } from "../drivers/admin-client.ts";
import { entityId, expiryOf, incidentOf, isOurs, ownerTags } from "../drivers/tags.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Action } from "../store/actions.ts";
import { type ActionKind, ActionRefused } from "./action-kind.ts";
import { type Limits, limitsOf, maskedBy, tightest, whyNotOver } from "./rate-limits.ts";

const PLUGIN = "rate-limiting";

/**
 * Limits how often each client may call one route, with Kong's own rate-limiting. Its id follows from action, route and gateway,
 * so a repeated apply is the same entity; its tags tell `reap` when it ends.
 *
 * Example: `{ route_id }`, `{ second: 10, limit_by: "ip" }`.
 */
export const throttleRoute: ActionKind = {
  type: "throttle_route",
  needs: "admin-api",
  risk: "route",

  async apply(action, parts) {
    const driver = await usableDriver(parts);
    const routeId = action.target.route_id ?? "";
    const id = entityId("throttle_route", `route:${routeId}`, parts.gateway);
    const route = await driver.getRoute(routeId);
    if (route === null) throw new ActionRefused(`the route ${routeId} is not there any more`);
    const instances = (await driver.listPlugins()).filter((instance) => instance.name === PLUGIN);
    const masked = maskedBy(
      instances.filter((instance) => instance.id !== id),
      routeId,
      route.service?.id ?? null,
    );
    refuseTaken(instances, id, routeId, action);
    const write = entityFor(action, routeId, limitsOver(action, masked));
    const there = instances.find((instance) => instance.id === id);
    if (there === undefined || !isSame(there, write)) await put(driver, id, write);
    const before_image =
      masked === null ? null : { id: masked.id, limits: limitsOf(masked.config), limit_by: masked.config?.limit_by };
    return { entity_id: id, before_image };
  },

  async undo(action, parts) {
    if (parts.driver === null) throw new ActionRefused("no Admin API is configured");
    const id = entityId("throttle_route", `route:${action.target.route_id ?? ""}`, parts.gateway);
    const there = await parts.driver.getPlugin(id);
    // Somebody made it theirs, or a later action did: not ours to remove.
    if (there === null || !belongsTo(there, action) || outlives(there, action)) return;
    await parts.driver.deletePlugin(id);
  },

  async verify(action, parts) {
    if (parts.driver === null) return "no Admin API is configured";
    const there = await parts.driver.getPlugin(
      entityId("throttle_route", `route:${action.target.route_id ?? ""}`, parts.gateway),
    );
    if (there === null) return "the plugin is not there any more";
    if (!belongsTo(there, action)) return "the plugin is no longer the agent's";
    return there.enabled === false ? "somebody disabled the plugin" : null;
  },
};

async function usableDriver({ driver }: ResponseParts): Promise<GatewayDriver> {
  if (driver === null) throw new ActionRefused("no Admin API is configured (KONG_ADMIN_URL)");
  const { writable, database, plugins } = await driver.probe();
  if (!writable) throw new ActionRefused(`the gateway takes no entities (database: ${database}); decisions still work`);
  if (!plugins.includes(PLUGIN)) throw new ActionRefused(`the gateway does not have the plugin ${PLUGIN}`);
  return driver;
}

function belongsTo(entity: PluginEntity, action: Action): boolean {
  return isOurs(entity.tags) && incidentOf(entity.tags) === action.incident_id;
}

/** A later action of the same incident took the entity over. */
function outlives(entity: PluginEntity, action: Action): boolean {
  return (expiryOf(entity.tags) ?? 0) * 1000 > (action.expires_at ?? 0);
}

function refuseTaken(instances: readonly PluginEntity[], id: string, routeId: string, action: Action): void {
  const onRoute = instances.find((one) => one.route?.id === routeId && !one.service && !one.consumer);
  if (onRoute !== undefined && onRoute.id !== id) {
    throw new ActionRefused(`the route has its own ${PLUGIN} already (${onRoute.id}); Kong allows one`);
  }
  const there = instances.find((one) => one.id === id);
  if (there === undefined || belongsTo(there, action)) return;
  const owner = isOurs(there.tags) ? `incident ${incidentOf(there.tags)}` : "somebody else";
  throw new ActionRefused(`the route is throttled already, for ${owner}`);
}

function limitsOver(action: Action, masked: PluginEntity | null): Limits {
  const ours = limitsOf(action.params);
  if (masked === null) return ours;
  const refused = whyNotOver(masked, String(action.params.limit_by));
  if (refused !== null) throw new ActionRefused(refused);
  return tightest(ours, limitsOf(masked.config));
}

function entityFor(action: Action, routeId: string, limits: Limits): PluginWrite {
  const config = {
    ...limits,
    limit_by: action.params.limit_by,
    policy: "local",
    fault_tolerant: true,
    hide_client_headers: false,
  };
  return { name: PLUGIN, route: { id: routeId }, tags: ownerTags(action.incident_id, action.expires_at ?? 0), config };
}

function isSame(there: PluginEntity, write: PluginWrite): boolean {
  const config = there.config ?? {};
  const tags = new Set(there.tags);
  return (
    there.enabled !== false &&
    there.route?.id === write.route.id &&
    tags.size === write.tags.length &&
    write.tags.every((tag) => tags.has(tag)) &&
    JSON.stringify(limitsOf(config)) === JSON.stringify(limitsOf(write.config)) &&
    Object.entries(write.config).every(([name, value]) => config[name] === value)
  );
}

async function put(driver: GatewayDriver, id: string, write: PluginWrite): Promise<void> {
  try {
    await driver.validatePlugin(write);
    await driver.putPlugin(id, write);
  } catch (error) {
    if (error instanceof AdminApiError && error.code === "conflict") {
      throw new ActionRefused(`somebody else put a ${PLUGIN} on the route meanwhile`);
    }
    throw error;
  }
}
