import type { Change, Configuration, Entity } from "../drivers/gateway.ts";
import { entityId, expiryOf, incidentOf, isOurs, ownerTags } from "../drivers/tags.ts";
import { ActionRefused, type PlannedChange } from "./action-kind.ts";
import { hiding, instanceOn, maskedBy, type Scope, scopeName } from "./effective.ts";
import { configOf, findEntity, same } from "./entities.ts";
import { editEntity } from "./restore-tag.ts";

type Config = Record<string, unknown>;

export interface WantedPlugin {
  plugin: string;
  scope: Scope;
  config: Config;
  /**
   * What is as strict as both where an instance would be put out of force, or stands on the scope already. Throws `ActionRefused`
   * where there is no such thing.
   */
  merge: (ours: Config, theirs: Entity) => Config;
}

export const belongsTo = (entity: Entity, action: Pick<PlannedChange, "incident_id">): boolean =>
  isOurs(entity.tags) && incidentOf(entity.tags) === action.incident_id;

/** A later action of the same incident took the entity over. */
export const outlives = (entity: Entity, action: Pick<PlannedChange, "expires_at">): boolean =>
  (expiryOf(entity.tags) ?? 0) * 1000 > (action.expires_at ?? 0);

/** The same action on the same scope of the same gateway is always the same entity. */
export const ownId = (action: Pick<PlannedChange, "type">, scope: Scope, gateway: string): string =>
  entityId(action.type, scopeName(scope), gateway);

export const describe = (entity: Entity): string => `${String(entity.name)} ${entity.id}`;

/**
 * A plugin of the agent's own on the scope, never looser than those it puts out of force. Where one of somebody else stands there,
 * which Kong allows only one of, that one is tightened for as long as the action lasts.
 */
export function putPlugin(
  action: PlannedChange,
  configuration: Configuration,
  gateway: string,
  wanted: WantedPlugin,
): Change[] {
  const { plugin, scope } = wanted;
  const id = ownId(action, scope, gateway);
  const hidden = hiding(configuration, plugin, scope);
  if (hidden !== null)
    throw new ActionRefused(`${describe(hidden)} is on route and service both, and would keep ours out of force`);
  const masked = maskedBy(configuration, plugin, scope);
  const config = masked.reduce((ours, theirs) => wanted.merge(ours, theirs), wanted.config);
  const there = findEntity(configuration, "plugins", id) ?? instanceOn(configuration, plugin, scope);
  if (there === null) return [createPlugin(action, id, wanted, config)];
  if (there.id === id) return keepPlugin(action, there, config);
  if (isOurs(there.tags))
    throw new ActionRefused(`the agent has ${describe(there)} there already, for incident ${incidentOf(there.tags)}`);
  if (there.enabled === false)
    throw new ActionRefused(`${describe(there)} is there, disabled, and Kong allows only one`);
  const merged = wanted.merge(config, there);
  return editEntity(
    action,
    "plugins",
    there,
    Object.entries(merged).map(([name, value]) => [["config", name], value]),
  );
}

function createPlugin(action: PlannedChange, id: string, { plugin, scope }: WantedPlugin, config: Config): Change {
  const references = Object.fromEntries(Object.entries(scope).map(([field, of]) => [field, { id: of }]));
  const tags = ownerTags(action.incident_id, action.expires_at ?? 0);
  return { op: "create", type: "plugins", entity: { id, name: plugin, ...references, enabled: true, tags, config } };
}

/** Ours already: brought up to date where it differs. */
function keepPlugin(action: PlannedChange, there: Entity, config: Config): Change[] {
  if (!belongsTo(there, action)) {
    const owner = isOurs(there.tags) ? `incident ${incidentOf(there.tags)}` : "somebody else";
    throw new ActionRefused(`${describe(there)} is there already, for ${owner}`);
  }
  const tags = ownerTags(action.incident_id, action.expires_at ?? 0);
  const present = configOf(there);
  const isSame =
    there.enabled !== false &&
    same([...(there.tags ?? [])].sort(), [...tags].sort()) &&
    Object.entries(config).every(([name, value]) => same(present[name], value));
  if (isSame) return [];
  const set = { config: { ...present, ...config }, tags, enabled: true };
  return [{ op: "update", type: "plugins", id: there.id, expect: there, set }];
}
