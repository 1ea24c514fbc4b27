/**
 * What the agent reads from a gateway and writes to it, the same for every kind of gateway. Actions and rollbacks are declared
 * as changes of entities; a driver carries them out whole or not at all.
 */

/** As Kong's Admin API names the collections. */
export const ENTITY_TYPES = [
  "services",
  "routes",
  "upstreams",
  "targets",
  "consumers",
  "consumer_groups",
  "plugins",
  "certificates",
  "snis",
  "ca_certificates",
  "vaults",
  "keyauth_credentials",
  "basicauth_credentials",
  "hmacauth_credentials",
  "jwt_secrets",
  "acls",
] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** As the Admin API gives it. Foreign keys are `{ id }`. */
export interface Entity {
  id: string;
  tags?: string[] | null;
  [field: string]: unknown;
}

/** Everything that is configured, at one moment. */
export interface Configuration {
  entities: Partial<Record<EntityType, readonly Entity[]>>;
  /** Of the canonical form without timestamps: equal where nothing was changed. */
  hash: string;
}

/**
 * One write. `expect` is the entity as the change was planned on; when the gateway has something else by now, nothing is
 * written. Fields are set whole (arrays, too); null clears one.
 */
export type Change =
  | { op: "create"; type: EntityType; entity: Entity }
  | { op: "update"; type: EntityType; id: string; expect: Entity; set: Record<string, unknown> }
  | { op: "delete"; type: EntityType; id: string; expect: Entity };

/** What a change did, enough to take it back. */
export interface AppliedChange {
  change: Change;
  before: Entity | null;
  after: Entity | null;
}

export type GatewayKind = "traditional" | "control-plane" | "dbless" | "konnect" | "data-plane";

/** Says whether what was written is in force on every data plane. */
export interface Propagation {
  reached: boolean;
  /** In plain words: which data planes have it, or what it waited for in vain. */
  detail: string;
}
