import type { FastifyInstance } from "fastify";
import type { Collection } from "./collection.ts";
import { ENTITY_TYPES } from "./entities.ts";
import { methodNotAllowed, notFound, unexpected } from "./errors.ts";
import { isRecord, type Value } from "./field.ts";
import type { Gateway } from "./gateway.ts";
import { type PageQuery, page } from "./listing.ts";
import type { Entity } from "./store.ts";

type Keyed = { Params: { key: string }; Body: Value };
type Nested = { Params: { parent: string; key: string }; Body: Value };
type Listed = { Params: { parent: string }; Querystring: PageQuery };

function registerCollection(app: FastifyInstance, gateway: Gateway, collection: Collection): void {
  const { type } = collection;
  const url = `/${type.apiName ?? type.name}`;
  app.get<{ Querystring: PageQuery }>(url, ({ query }) => {
    const entities = gateway.store.all(type.name);
    // Kong without a database stumbles over entities without tags; what talks to it has to know.
    if (!gateway.database && query.tags && entities.some(({ tags }) => tags === null)) throw unexpected();
    return page(entities, query, url);
  });
  app.post<Keyed>(url, async ({ body }, reply) => {
    const entity = await collection.insert(body ?? {});
    await gateway.publish();
    return reply.code(201).send(entity);
  });
  app.route({
    method: ["PUT", "PATCH", "DELETE"],
    url,
    handler: () => {
      throw methodNotAllowed();
    },
  });
}

function registerEntity(app: FastifyInstance, gateway: Gateway, collection: Collection): void {
  const { type } = collection;
  const url = `/${type.apiName ?? type.name}/:key`;
  app.get<Keyed>(url, ({ params }) => collection.get(params.key));
  app.put<Keyed>(url, async ({ params, body }) => {
    const entity = await collection.upsert(params.key, body ?? {});
    await gateway.publish();
    return entity;
  });
  app.patch<Keyed>(url, async ({ params, body }) => {
    const entity = await collection.update(params.key, body ?? {});
    await gateway.publish();
    return entity;
  });
  app.delete<Keyed>(url, async ({ params }, reply) => {
    collection.remove(params.key);
    await gateway.publish();
    return reply.code(204).send();
  });
}

interface Nesting {
  gateway: Gateway;
  parents: Collection;
  children: Collection;
  /** The child's field that refers to the parent. */
  field: string;
  url: string;
}

function childrenOf({ gateway, children, field }: Nesting, parent: Entity): Entity[] {
  return gateway.store
    .all(children.type.name)
    .filter((entity) => isRecord(entity[field]) && entity[field].id === parent.id);
}

function childOf(nesting: Nesting, parentKey: string, key: string): Entity {
  const parent = nesting.parents.get(parentKey);
  const child = nesting.children.get(key);
  if (!childrenOf(nesting, parent).includes(child)) throw notFound();
  return child;
}

function registerNestedCollection(app: FastifyInstance, nesting: Nesting): void {
  const { gateway, parents, children, field, url } = nesting;
  app.get<Listed>(url, ({ params, query }) => {
    const path = url.replace(":parent", params.parent);
    return page(childrenOf(nesting, parents.get(params.parent)), query, path);
  });
  app.post<Nested>(url, async ({ params, body }, reply) => {
    const parent = parents.get(params.parent);
    const entity = await children.insert({ ...body, [field]: { id: parent.id } });
    await gateway.publish();
    return reply.code(201).send(entity);
  });
}

function registerNestedEntity(app: FastifyInstance, nesting: Nesting): void {
  const { gateway, parents, children, field } = nesting;
  const url = `${nesting.url}/:key`;
  app.get<Nested>(url, ({ params }) => childOf(nesting, params.parent, params.key));
  app.put<Nested>(url, async ({ params, body }) => {
    const parent = parents.get(params.parent);
    const entity = await children.upsert(params.key, { ...body, [field]: { id: parent.id } });
    await gateway.publish();
    return entity;
  });
  app.patch<Nested>(url, async ({ params, body }) => {
    const { id } = childOf(nesting, params.parent, params.key);
    const entity = await children.update(id, body ?? {});
    await gateway.publish();
    return entity;
  });
  app.delete<Nested>(url, async ({ params }, reply) => {
    const { id } = childOf(nesting, params.parent, params.key);
    children.remove(id);
    await gateway.publish();
    return reply.code(204).send();
  });
}

function registerNestings(app: FastifyInstance, gateway: Gateway, children: Collection): void {
  for (const [field, { reference }] of Object.entries(children.type.fields)) {
    const parents = reference === undefined ? undefined : gateway.collections.get(reference);
    if (!parents) continue;
    const name = children.type.nestedName ?? children.type.name;
    const nesting = { gateway, parents, children, field, url: `/${reference}/:parent/${name}` };
    registerNestedCollection(app, nesting);
    registerNestedEntity(app, nesting);
  }
}

function registerTags(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Params: { tag: string } }>("/tags/:tag", ({ params }) => {
    const data = ENTITY_TYPES.flatMap((type) =>
      gateway.store
        .all(type.name)
        .filter(({ tags }) => (tags as string[] | null)?.includes(params.tag))
        .map(({ id }) => ({ entity_name: type.name, entity_id: id, tag: params.tag })),
    );
    return { data, next: null };
  });
}

/** `/services`, `/services/:key`, `/services/:parent/routes` and so on for every entity type. */
export function registerEntityRoutes(app: FastifyInstance, gateway: Gateway): void {
  for (const collection of gateway.collections.values()) {
    if (!collection.type.nestedOnly) {
      registerCollection(app, gateway, collection);
      registerEntity(app, gateway, collection);
    }
    registerNestings(app, gateway, collection);
  }
  app.get<Keyed>("/routes/:key/service", ({ params }) => {
    const route = gateway.collections.get("routes")!.get(params.key);
    if (!isRecord(route.service)) throw notFound();
    return gateway.collections.get("services")!.get(String(route.service.id));
  });
  registerTags(app, gateway);
}
