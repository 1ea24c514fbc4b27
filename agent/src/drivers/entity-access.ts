import { z } from "zod";
import type { AdminClient } from "./admin-client.ts";
import { AdminApiError } from "./admin-error.ts";
import { collectionOf, referenceOf } from "./collections.ts";
import type { Entity, EntityType } from "./gateway.ts";

/** Entities as the gateway has them, secrets included: for the drivers alone. */
export interface EntityAccess {
  list: (type: EntityType, tag?: string) => Promise<Entity[]>;
  /** `like` tells where to look for entities that live below another one. */
  get: (type: EntityType, id: string, like?: Entity) => Promise<Entity | null>;
  /** Creates or replaces it whole; tried once. */
  put: (type: EntityType, entity: Entity) => Promise<Entity>;
  /** Sets these fields and leaves the rest as it is by then; tried once. Absent where there is no PATCH. */
  patch?: (type: EntityType, entity: Entity, fields: object) => Promise<Entity>;
  /** Removing what is gone already is no error; tried once. */
  remove: (type: EntityType, entity: Entity) => Promise<void>;
  validate: (type: EntityType, entity: Entity) => Promise<void>;
}

const MAX_PAGES = 1_000;
const part = encodeURIComponent;
const page = z.looseObject({ data: z.array(z.unknown()).or(z.object({})), offset: z.string().nullish() });
const entityShape = z.looseObject({ id: z.string(), tags: z.array(z.string()).nullish() });

export interface AccessOptions {
  /** Of all paths. */
  prefix?: string;
  /** Credentials are written below their consumer, and bodies do not repeat what the path says. */
  isNested?: boolean;
  /** Entities are replaced whole: there is no PATCH. */
  isWhole?: boolean;
  /** Asked for a tag, a gateway without a database answers 500 and logs a stack trace when any entity has no tags at all. */
  isFilteredHere?: boolean;
}

/** Where entities that live below another one are, when it is known which that is. */
const BELOW: Partial<Record<EntityType, { field: string; parents: string; name: string }>> = {
  targets: { field: "upstream", parents: "upstreams", name: "targets" },
  keyauth_credentials: { field: "consumer", parents: "consumers", name: "key-auth" },
  basicauth_credentials: { field: "consumer", parents: "consumers", name: "basic-auth" },
  hmacauth_credentials: { field: "consumer", parents: "consumers", name: "hmac-auth" },
  jwt_secrets: { field: "consumer", parents: "consumers", name: "jwt" },
  acls: { field: "consumer", parents: "consumers", name: "acls" },
};

/** Over Kong's Admin API, and over Konnect's core entities, which have about the same paths and shapes. */
export function createEntityAccess(
  client: AdminClient,
  { prefix = "", isNested = false, isWhole = false, isFilteredHere = false }: AccessOptions = {},
): EntityAccess {
  const list: EntityAccess["list"] = async (type, tag) => {
    const asked = isFilteredHere ? undefined : tag;
    const { path } = collectionOf(type);
    const found = await (type === "targets"
      ? listTargets(client, prefix, asked)
      : listTagged(client, `${prefix}/${path}`, asked));
    return asked === tag ? found : found.filter((entity) => entity.tags?.includes(tag!));
  };
  const pathOf = (type: EntityType, entity: Entity): string => {
    const below = isNested || type === "targets" ? BELOW[type] : undefined;
    const parent = below === undefined ? null : referenceOf(entity, below.field);
    if (below === undefined || parent === null) return `${prefix}/${collectionOf(type).path}/${part(entity.id)}`;
    return `${prefix}/${below.parents}/${part(parent)}/${below.name}/${part(entity.id)}`;
  };
  // Kong sets `updated_at` itself, and keeps the `created_at` that it is given.
  const bodyOf = (type: EntityType, { updated_at: _, ...entity }: Entity): object => {
    const said = isNested ? BELOW[type]?.field : undefined;
    return Object.fromEntries(Object.entries(entity).filter(([field]) => field !== said));
  };
  return {
    list,
    get: async (type, id, like) => {
      if (type !== "targets") return getOrNull(client, pathOf(type, { id }));
      if (like !== undefined && referenceOf(like, "upstream") !== null) return getOrNull(client, pathOf(type, like));
      return (await list(type)).find((target) => target.id === id) ?? null;
    },
    put: async (type, entity) => asEntity(await client.request("PUT", pathOf(type, entity), bodyOf(type, entity), 0)),
    ...(!isWhole && {
      patch: async (type, entity, fields) => asEntity(await client.request("PATCH", pathOf(type, entity), fields, 0)),
    }),
    remove: async (type, entity) => {
      await client.request("DELETE", pathOf(type, entity), undefined, 0).catch(ignore("not_found"));
    },
    validate: async (type, entity) => {
      await client
        .request("POST", `${prefix}/schemas/${type}/validate`, entity)
        .catch(ignore("not_found", "read_only"));
    },
  };
}

const ignore =
  (...codes: string[]) =>
  (error: unknown): null => {
    if (error instanceof AdminApiError && codes.includes(error.code)) return null;
    throw error;
  };

async function getOrNull(client: AdminClient, path: string): Promise<Entity | null> {
  const answer = await client.request("GET", path).catch(ignore("not_found"));
  return answer === null ? null : asEntity(answer);
}

async function listTargets(client: AdminClient, prefix: string, tag?: string): Promise<Entity[]> {
  const found: Entity[] = [];
  for (const { id } of await listPages(client, `${prefix}/upstreams?size=1000`)) {
    found.push(...(await listTagged(client, `${prefix}/upstreams/${part(id)}/targets`, tag)));
  }
  return found;
}

async function listTagged(client: AdminClient, path: string, tag?: string): Promise<Entity[]> {
  if (tag === undefined) return listPages(client, `${path}?size=1000`);
  try {
    return await listPages(client, `${path}?size=1000&tags=${part(tag)}`);
  } catch (error) {
    // For gateways that are not known to be without a database, see `isFilteredHere`.
    if (!(error instanceof AdminApiError) || error.code !== "broken") throw error;
    return (await listPages(client, `${path}?size=1000`)).filter((entity) => entity.tags?.includes(tag));
  }
}

/** Types that the gateway does not have (a plugin that is not enabled, another edition) have no entities. */
async function listPages(client: AdminClient, first: string): Promise<Entity[]> {
  const found: Entity[] = [];
  let path = first;
  for (let i = 0; i < MAX_PAGES; i++) {
    const answer = await client.request("GET", path).catch(ignore("not_found"));
    if (answer === null) return found;
    const { data, offset } = parse(page, answer);
    // An empty list may come as an empty object.
    if (Array.isArray(data)) found.push(...data.map(asEntity));
    if (offset === null || offset === undefined || offset === "") return found;
    path = `${first}&offset=${part(offset)}`;
  }
  throw new AdminApiError("unexpected", null, `more than ${MAX_PAGES} pages of ${first}`);
}

const asEntity = (answer: unknown): Entity => parse(entityShape, answer) as Entity;

export function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const message = `the Admin API's answer is not understood: ${parsed.error.issues[0]?.message}`;
  throw new AdminApiError("unexpected", null, message);
}
