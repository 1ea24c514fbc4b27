import { ENTITY_TYPES, type Entity, type EntityType } from "./gateway.ts";

interface Collection {
  /** Of the Admin API. */
  path: string;
  /** Field that refers to another entity → its type. */
  references: Readonly<Record<string, EntityType>>;
  /** Fields whose values no two entities share. */
  unique: readonly string[];
  /** Fields that together no two entities share. */
  key?: readonly string[];
}

const owned = { consumer: "consumers" } as const;

const COLLECTIONS: Record<EntityType, Collection> = {
  services: { path: "services", references: { client_certificate: "certificates" }, unique: ["name"] },
  routes: { path: "routes", references: { service: "services" }, unique: ["name"] },
  upstreams: { path: "upstreams", references: { client_certificate: "certificates" }, unique: ["name"] },
  targets: { path: "targets", references: { upstream: "upstreams" }, unique: [], key: ["upstream", "target"] },
  consumers: { path: "consumers", references: {}, unique: ["username", "custom_id"] },
  consumer_groups: { path: "consumer_groups", references: {}, unique: ["name"] },
  plugins: {
    path: "plugins",
    references: { route: "routes", service: "services", consumer: "consumers", consumer_group: "consumer_groups" },
    unique: ["instance_name"],
    key: ["name", "route", "service", "consumer", "consumer_group"],
  },
  certificates: { path: "certificates", references: {}, unique: [] },
  snis: { path: "snis", references: { certificate: "certificates" }, unique: ["name"] },
  ca_certificates: { path: "ca_certificates", references: {}, unique: ["cert"] },
  vaults: { path: "vaults", references: {}, unique: ["prefix"] },
  keyauth_credentials: { path: "key-auths", references: owned, unique: ["key"] },
  basicauth_credentials: { path: "basic-auths", references: owned, unique: ["username"] },
  hmacauth_credentials: { path: "hmac-auths", references: owned, unique: ["username"] },
  jwt_secrets: { path: "jwts", references: owned, unique: ["key"] },
  acls: { path: "acls", references: owned, unique: [], key: ["consumer", "group"] },
};

export const collectionOf = (type: EntityType): Collection => COLLECTIONS[type];

/** Whatever refers to another comes before it: nothing is removed that something else still needs. */
export const REMOVAL_ORDER: readonly EntityType[] = [
  "plugins",
  "acls",
  "jwt_secrets",
  "hmacauth_credentials",
  "basicauth_credentials",
  "keyauth_credentials",
  "routes",
  "targets",
  "upstreams",
  "services",
  "consumers",
  "consumer_groups",
  "snis",
  "certificates",
  "ca_certificates",
  "vaults",
];

/** What may refer to entities of the type, and through which field. */
export function referrersOf(type: EntityType): { type: EntityType; field: string }[] {
  return ENTITY_TYPES.flatMap((from) =>
    Object.entries(COLLECTIONS[from].references)
      .filter(([, to]) => to === type)
      .map(([field]) => ({ type: from, field })),
  );
}

export function referenceOf(entity: Record<string, unknown>, field: string): string | null {
  const reference = entity[field];
  const id = typeof reference === "object" && reference !== null ? (reference as { id?: unknown }).id : reference;
  return typeof id === "string" ? id : null;
}

/** Values that no other entity of the type may have, each with the name of what it is. */
export function uniqueKeys(type: EntityType, entity: Entity): { of: string; value: string }[] {
  const { unique, key, references } = COLLECTIONS[type];
  const keys = unique
    .filter((field) => typeof entity[field] === "string")
    .map((field) => ({ of: field, value: String(entity[field]) }));
  if (key === undefined) return keys;
  const parts = key.map((field) => (field in references ? referenceOf(entity, field) : (entity[field] ?? null)));
  return [...keys, { of: key.join(", "), value: JSON.stringify(parts) }];
}

export const nameOf = (type: EntityType, entity: { id: string; [field: string]: unknown }): string => {
  const name = entity.name ?? entity.username ?? entity.target ?? entity.group;
  return typeof name === "string" ? `${type} ${entity.id} (${name.slice(0, 80)})` : `${type} ${entity.id}`;
};
