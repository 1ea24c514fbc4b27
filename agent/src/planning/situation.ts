import type { Change, Configuration, Entity, GatewayKind } from "../drivers/gateway.ts";
import type { PlannedAction } from "../policy/plan.ts";
import { authenticationOn } from "../preview/authentication.ts";
import { foreignId, indexPlugins, type PluginIndex, type RequestScope } from "../preview/plugins-in-effect.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import type { Incident } from "../store/incidents.ts";
import { type Situation, VEHICLES, type Vehicle } from "./vehicles.ts";

const OUR_PLUGIN = "threat-response";

/** Reads the table's row for an action off the gateway's configuration. */
export function situationOf(
  action: Pick<PlannedAction, "target">,
  incident: Pick<Incident, "category" | "scope" | "subject_kind" | "subject_value">,
  configuration: Configuration,
  mode: GatewayKind,
  records: readonly RecordedRequest[] = [],
): Situation {
  const index = indexPlugins(configuration);
  const route_id = action.target.route_id || incident.scope.route_id || null;
  const scope: RequestScope = { route_id, service_id: serviceOf(route_id, incident, configuration), consumer_id: null };
  const isUnrouted = route_id === null && incident.subject_kind === "route";
  return {
    category: incident.category,
    authentication: authenticationOn(index, scope),
    routed: !isUnrouted,
    mode,
    authenticated: isAimedAtConsumer(action.target) || passesAuthentication(records, route_id),
    feed: feedOn(index, scope, hasOurs(configuration)),
  };
}

const hasOurs = ({ entities }: Configuration) => entities.plugins?.some(({ name }) => name === OUR_PLUGIN) ?? false;

function serviceOf(route_id: string | null, { scope }: Pick<Incident, "scope">, { entities }: Configuration) {
  const route = entities.routes?.find(({ id }) => id === route_id);
  return route === undefined ? (scope.service_id ?? null) : foreignId(route, "service");
}

function feedOn(index: PluginIndex, scope: RequestScope, isConfigured: boolean): NonNullable<Situation["feed"]> {
  const enforces = (where: RequestScope) => index.find(OUR_PLUGIN, where)?.config.mode === "enforce";
  // What reports is there, wherever it is configured: another Admin API may hold it.
  if (!isConfigured) return "global";
  if (!enforces(scope)) return "none";
  return enforces({ route_id: null, service_id: null, consumer_id: null }) ? "global" : "route";
}

const isAimedAtConsumer = ({ kind, consumer_id }: Record<string, string>) =>
  kind === "consumer" || consumer_id !== undefined;

const ENOUGH = 10;

/** Most of the recorded attack was let in as somebody. */
function passesAuthentication(records: readonly RecordedRequest[], route_id: string | null): boolean {
  const attack = records.filter((record) => record.attack && (route_id === null || record.route_id === route_id));
  const known = attack.filter(({ consumer }) => consumer !== null);
  return attack.length >= ENOUGH && known.length > attack.length / 2;
}

/** What carries the action out; several where it writes several things. */
export function vehiclesOf({ vehicle, type }: PlannedAction, changes: readonly Change[]): Vehicle[] {
  if (vehicle === "decision") return ["decision"];
  if (type === "overlay_route") return ["overlay-route"];
  const found = changes.flatMap(vehicleOfChange);
  if (found.length === 0 && type === "throttle_route") return ["rate-limiting"];
  return [...new Set(found)];
}

/** What takes a protection or a credential away, or sets the plugin's own thresholds, is not in the table. */
function vehicleOfChange(change: Change): Vehicle[] {
  if (change.op === "delete") return [];
  if (change.type === "plugins") return vehicleOfPlugin(change.op === "create" ? change.entity : change.expect);
  return ["routes", "services", "targets", "upstreams"].includes(change.type) ? ["route-edit"] : [];
}

function vehicleOfPlugin({ name }: Entity): Vehicle[] {
  if (name === "pre-function") return ["hot-patch"];
  return VEHICLES.filter((vehicle) => vehicle === name);
}
