import { createHash } from "node:crypto";
import { OVERLAY_HEADER } from "../../../contract/decision-feed.ts";
import type { Change, Configuration, Entity } from "../drivers/gateway.ts";
import { refuseHost } from "../drivers/outbound.ts";
import { entityId, isOurs, overlayTag, ownerTags } from "../drivers/tags.ts";
import { ActionRefused, type PlannedChange } from "./action-kind.ts";
import { hiding, instanceOn, maskedBy } from "./effective.ts";
import { configOf, entitiesOf, needEntity, referenceId } from "./entities.ts";
import { halved, type Mitigation, mitigationsOf } from "./overlay-mitigation.ts";
import { wouldLoseTo } from "./overlay-rank.ts";
import { describe } from "./own-plugin.ts";

const OUR_PLUGIN = "threat-response";
const HEADER = OVERLAY_HEADER.toLowerCase();

type Owner = Pick<PlannedChange, "id" | "type">;

export const overlayRouteId = ({ id, type }: Owner, gateway: string): string => entityId(type, `route:${id}`, gateway);
const pluginId = ({ id, type }: Owner, of: string, gateway: string) => entityId(type, `plugin:${id}:${of}`, gateway);

/** What the header says: known to the gateway and to whoever knows the action's random id. */
export const overlayValue = ({ id }: Pick<Owner, "id">): string =>
  createHash("sha256").update(`overlay\n${id}`).digest("hex").slice(0, 32);

/** A copy of the target's route that matches the overlay's header only, with all plugins of the original, and the action's. Pure. */
export function overlayChanges(action: PlannedChange, configuration: Configuration, gateway: string): Change[] {
  const original = needEntity(configuration, "routes", action.target.route_id);
  refuseUncopiable(configuration, original);
  const route = copyRoute(action, configuration, original, gateway);
  const other = wouldLoseTo(configuration, original, route);
  if (other !== null)
    throw new ActionRefused(`the overlay would take requests of route ${String(other.name ?? other.id)}, too`);
  const make = (plugin: Entity) => ownPlugin(action, plugin, route, gateway);
  const copies = copiedFrom(action, configuration, original).map(make);
  const all = withMitigations(action, { configuration, route, copies, make });
  return [
    { op: "create", type: "routes", entity: route },
    ...all.map((entity): Change => ({ op: "create", type: "plugins", entity })),
  ];
}

const HTTP = ["http", "https", "grpc", "grpcs"];

function refuseUncopiable(configuration: Configuration, original: Entity): void {
  const { protocols, tags, headers, id } = original;
  if (isOurs(tags)) throw new ActionRefused("the route is the agent's own");
  if (Array.isArray(protocols) && !protocols.every((one) => HTTP.includes(one)))
    throw new ActionRefused("the route is not for HTTP");
  if (Object.keys(headers ?? {}).some((name) => name.toLowerCase() === HEADER))
    throw new ActionRefused(`the route matches ${OVERLAY_HEADER} already`);
  const global = instanceOn(configuration, OUR_PLUGIN, {});
  const { mode, agent } = (global === null ? {} : configOf(global)) as { mode?: string; agent?: { url?: string } };
  if (global === null || global.enabled === false || mode !== "enforce" || !agent?.url)
    throw new ActionRefused(
      "only a global instance of the plugin that enforces and has an agent can send requests there",
    );
  const named = entitiesOf(configuration, "plugins").find((plugin) => mentions(plugin, id));
  if (named !== undefined)
    throw new ActionRefused(`${describe(named)} asks for the route, and would not know its copy`);
}

/** Code or configuration that looks at which route it is. */
function mentions({ name, enabled, config }: Entity, id: string): boolean {
  if (enabled === false) return false;
  const text = JSON.stringify(config ?? {});
  return text.includes(id) || (/-function$/.test(String(name)) && /get_route|kong\.router|ngx\.ctx/.test(text));
}

/** Everything but what is its own: also what a later Kong may add. */
function copyRoute(
  action: PlannedChange,
  configuration: Configuration,
  { id, name: _, tags: __, created_at: ___, updated_at: ____, ...fields }: Entity,
  gateway: string,
): Entity {
  const { service_id } = action.params;
  const service = typeof service_id === "string" ? { service: { id: honeypot(configuration, service_id) } } : {};
  return {
    ...fields,
    ...service,
    ...withHeader(fields, overlayValue(action)),
    id: overlayRouteId(action, gateway),
    tags: [...ownerTags(action.incident_id, action.expires_at ?? 0), overlayTag(id)],
  };
}

/** A route by expression (`router_flavor: expressions`) has one condition more in it, and the next higher priority. */
function withHeader(
  { headers, expression, priority }: Record<string, unknown>,
  value: string,
): Record<string, unknown> {
  if (typeof expression !== "string")
    return { headers: { ...(headers as object | null | undefined), [HEADER]: [value] } };
  const field = `http.headers.${HEADER.replaceAll("-", "_")}`;
  return { expression: `(${expression}) && any(${field}) == "${value}"`, priority: Number(priority ?? 0) + 1 };
}

function honeypot(configuration: Configuration, id: string): string {
  const service = needEntity(configuration, "services", id);
  const refused = refuseHost(String(service.host));
  if (refused !== null) throw new ActionRefused(refused);
  return service.id;
}

/** What counts in a way of its own would begin anew on a copy, and nobody here knows how to tighten it. */
const COUNTING = /rate-?limiting|graphql-proxy-cache|service-protection|ai-.*limit/;

/** The route's enabled plugins; where the copy has another service, also those of the service it leaves. */
function copiedFrom(action: PlannedChange, configuration: Configuration, original: Entity): Entity[] {
  const enabled = entitiesOf(configuration, "plugins").filter((plugin) => plugin.enabled !== false);
  const found = enabled.filter((plugin) => referenceId(plugin, "route") === original.id);
  const service = referenceId(original, "service");
  if (action.params.service_id !== undefined && service !== null) {
    const ofService = enabled.filter(
      (plugin) => referenceId(plugin, "service") === service && referenceId(plugin, "route") === null,
    );
    found.push(...ofService.filter((plugin) => !found.some((known) => isAlike(known, plugin))));
  }
  const counting = found.find(({ name }) => name !== "rate-limiting" && COUNTING.test(String(name)));
  if (counting !== undefined) throw new ActionRefused(`${describe(counting)} would begin to count anew on a copy`);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1)).map(asCopied);
}

const isAlike = (a: Entity, b: Entity): boolean =>
  a.name === b.name && ["consumer", "consumer_group"].every((field) => referenceId(a, field) === referenceId(b, field));

const asCopied = (plugin: Entity): Entity =>
  plugin.name === "rate-limiting" ? { ...plugin, config: halved(configOf(plugin)) } : plugin;

const COPIED = ["name", "protocols", "ordering", "consumer", "consumer_group"] as const;

function ownPlugin(action: PlannedChange, plugin: Entity, route: Entity, gateway: string): Entity {
  const kept = COPIED.flatMap((field) => (plugin[field] == null ? [] : [[field, plugin[field]] as const]));
  return {
    ...Object.fromEntries(kept),
    id: pluginId(action, plugin.id, gateway),
    route: { id: route.id },
    enabled: true,
    tags: ownerTags(action.incident_id, action.expires_at ?? 0),
    config: configOf(plugin),
  };
}

interface Overlay {
  configuration: Configuration;
  route: Entity;
  copies: Entity[];
  make: (plugin: Entity) => Entity;
}

function withMitigations(action: PlannedChange, overlay: Overlay): Entity[] {
  const wanted = mitigationsOf(action.params);
  if (wanted.length === 0 && action.params.service_id === undefined)
    throw new ActionRefused("a limit, kilobytes, status or service_id is needed");
  return wanted.reduce((plugins, mitigation) => withMitigation(mitigation, overlay, plugins), overlay.copies);
}

function withMitigation(mitigation: Mitigation, { configuration, route, make }: Overlay, plugins: Entity[]): Entity[] {
  const { plugin: name, config, merge, replace } = mitigation;
  const alike = plugins.filter((plugin) => plugin.name === name);
  const narrower = alike.find((plugin) => plugin.consumer !== undefined || plugin.consumer_group !== undefined);
  if (narrower !== undefined)
    throw new ActionRefused(`the route has ${name} for single consumers, which would hide ours`);
  const [copy] = alike;
  if (copy !== undefined)
    return plugins.map((plugin) => (plugin === copy ? { ...copy, config: replace(config, copy) } : plugin));
  const { entities } = configuration;
  const there = { ...configuration, entities: { ...entities, routes: [...(entities.routes ?? []), route] } };
  const scope = { route: route.id };
  const hidden = hiding(there, name, scope);
  if (hidden !== null) throw new ActionRefused(`${describe(hidden)} would keep ours out of force`);
  const merged = maskedBy(there, name, scope).reduce((ours, theirs) => merge(ours, theirs), config);
  return [...plugins, make({ id: name, name, config: merged })];
}
