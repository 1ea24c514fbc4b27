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

/** What decides where requests go and what happens to them there: nothing that there is one of for each consumer. */
export const TRAFFIC_TYPES = [
  "services",
  "routes",
  "upstreams",
  "targets",
  "plugins",
] as const satisfies readonly EntityType[];

/**
 * As the Admin API gives it, but for secrets: in their place stand keyed fingerprints (`secrets.ts`), so that no secret leaves a
 * driver. Foreign keys are `{ id }`.
 */
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
 * written. Fields are set whole (arrays, too); null clears one. A fingerprint in a field means the secret that is there now;
 * where there is another one or none, the change is refused, for a fingerprint is never written.
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
  /** What somebody else edited between comparing and writing, by path; it stays as they left it. */
  meanwhile?: string[];
}

export type GatewayKind = "traditional" | "control-plane" | "dbless" | "konnect" | "data-plane";

/** What this gateway can do, found out by asking it. */
export interface Capabilities {
  version: string;
  kind: GatewayKind;
  /** `off` for gateways without one, `konnect` there. */
  database: string;
  /** Changes can be applied. */
  writable: boolean;
  /** Null where the gateway does not tell. */
  router: "traditional" | "traditional_compatible" | "expressions" | null;
  /** Those that can be configured; all are assumed to be there where the gateway does not tell (empty list). */
  plugins: string[];
  /** What it cannot do, in plain words. */
  cannot: string[];
}

export interface ApplyOptions {
  /** What a planner is given to look at; everything where it is not said. Ten thousand consumers take seconds to read. */
  reads?: readonly EntityType[];
  /** Asked before every write and every further try of it: why it must not be (kill switch), or null. Taking back is never asked for. */
  mayWrite?: () => Promise<string | null>;
  /**
   * Awaited last before every write, those that take back included: that it is still this agent's turn. Throws `overtaken` when
   * it is not; then nothing more is written, not even back, for whoever has the turn now goes on with it.
   */
  keepTurn?: () => Promise<void>;
  /** Awaited right before each write, so that before-images are durable first; what it throws stops the whole. */
  beforeWrite?: (change: Change, before: Entity | null) => Promise<void>;
}

/** Reads changes off the configuration as it is when it is their turn; runs again when somebody changed it meanwhile. */
export type Planner = (configuration: Configuration) => readonly Change[];

export interface PropagationOptions {
  /** From now; 30 s by default. */
  deadline_ms?: number;
  /** For gateways that cannot tell: true once what was written is seen to be in force. */
  probe?: () => Promise<boolean>;
}

/** Says whether what was written is in force on every data plane. */
export interface Propagation {
  reached: boolean;
  /** In plain words: which data planes have it, or what it waited for in vain. */
  detail: string;
}

/** What a data plane says it runs on. */
export interface DataPlane {
  name: string;
  hash: string;
}

export interface GatewayDriver {
  probe: () => Promise<Capabilities>;
  /** Everything, or these types; those that the gateway does not know are absent. */
  read: (types?: readonly EntityType[]) => Promise<Configuration>;
  get: (type: EntityType, id: string) => Promise<Entity | null>;
  /** All, or those that carry the tag. */
  list: (type: EntityType, tag?: string) => Promise<Entity[]>;
  /**
   * Validates all changes, then writes them in order, each after comparing what is there with what it expects. Whatever fails,
   * what was written is taken back in reverse order. A change that is there already counts as applied, so that repeating is
   * safe. Throws `AdminApiError`: `changed` where somebody edited an entity meanwhile, `partial` where taking back failed and
   * `left` says what remains, `overtaken` where another agent has the turn and this one has left everything as it was.
   */
  apply: (changes: readonly Change[] | Planner, options?: ApplyOptions) => Promise<AppliedChange[]>;
  /** Those that tell what they run on: all of a control plane, and a node without a database; nodes with one do not tell. */
  dataPlanes?: () => Promise<DataPlane[]>;
  /** Until what this driver wrote last is in force everywhere. */
  awaitPropagation: (options?: PropagationOptions) => Promise<Propagation>;
}
