/** The part of Kong's Admin API that reads and writes entities, as small as drivers need it. */

export type Entity = Record<string, unknown> & { id: string };
export type Reply = [status: number, body: unknown, headers?: Record<string, string>];

/** Field that refers to another collection, by collection; plugins go with what they refer to, the rest holds it. */
const REFERENCES: Record<string, Record<string, string>> = {
  routes: { service: "services" },
  targets: { upstream: "upstreams" },
  plugins: { route: "routes", service: "services", consumer: "consumers" },
  "key-auths": { consumer: "consumers" },
  "basic-auths": { consumer: "consumers" },
  acls: { consumer: "consumers" },
};

const UNIQUE: Record<string, string[][]> = {
  services: [["name"]],
  routes: [["name"]],
  upstreams: [["name"]],
  consumers: [["username"]],
  plugins: [["name", "route", "service", "consumer"]],
  "key-auths": [["key"]],
};

const DEFAULTS: Record<string, object> = {
  plugins: { enabled: true, route: null, service: null, consumer: null, tags: null },
  services: { enabled: true, port: 80, tags: null },
  routes: { strip_path: true, tags: null },
  targets: { weight: 100, tags: null },
};

export class AdminEntities {
  readonly collections = new Map<string, Map<string, Entity>>();
  /** Stamps are of this clock, one later with each write. */
  #clock = 1_763_800_000;

  constructor(names = ["services", "upstreams", "consumers", "certificates", ...Object.keys(REFERENCES)]) {
    for (const name of names) this.collections.set(name, new Map());
  }

  of(name: string): Map<string, Entity> {
    const collection = this.collections.get(name);
    if (collection === undefined) throw new Error(`no collection ${name}`);
    return collection;
  }

  put(name: string, id: string, fields: Record<string, unknown>): Reply {
    const former = this.of(name).get(id);
    const stamp = this.#clock++;
    const entity: Entity = { ...DEFAULTS[name], created_at: stamp, ...fields, id, updated_at: stamp };
    if (former === undefined && name === "plugins") entity.config ??= {};
    const missing = Object.entries(REFERENCES[name] ?? {}).find(([field, to]) => {
      const reference = entity[field] as { id: string } | null | undefined;
      return reference && !this.of(to).has(reference.id);
    });
    if (missing)
      return [
        400,
        { code: 3, name: "foreign key violation", message: `the foreign key '${missing[0]}' does not exist` },
      ];
    if (this.#isTaken(name, entity)) {
      return [409, { code: 5, name: "unique constraint violation", message: "UNIQUE violation detected on the scope" }];
    }
    this.of(name).set(id, entity);
    return [200, entity];
  }

  /** Into records, of which there is one here; everything else is replaced whole. */
  patch(name: string, id: string, fields: Record<string, unknown>): Reply {
    const there = this.of(name).get(id);
    if (there === undefined) return NOT_FOUND;
    const isRecord = name === "plugins" && "config" in fields;
    const config = isRecord ? { config: { ...(there.config as object), ...(fields.config as object) } } : {};
    return this.put(name, id, { ...there, ...fields, ...config });
  }

  remove(name: string, id: string): Reply {
    for (const [from, references] of Object.entries(REFERENCES)) {
      const fields = Object.keys(references).filter((field) => references[field] === name);
      const users = [...this.of(from).values()].filter((entity) =>
        fields.some((field) => (entity[field] as { id: string } | null)?.id === id),
      );
      if (users.length > 0 && from === "routes") {
        return [400, { code: 4, message: `an existing '${from}' entity references this '${name}' entity` }];
      }
      for (const user of users) this.remove(from, user.id);
    }
    this.of(name).delete(id);
    return [204, null];
  }

  #isTaken(name: string, entity: Entity): boolean {
    return (UNIQUE[name] ?? []).some((fields) => {
      const key = (one: Entity) => JSON.stringify(fields.map((field) => one[field] ?? null));
      if (fields.length === 1 && entity[fields[0] as string] == null) return false;
      return [...this.of(name).values()].some((other) => other.id !== entity.id && key(other) === key(entity));
    });
  }
}

export function listed(all: readonly Entity[], url: URL, pageSize: number): Reply {
  const tags = url.searchParams.get("tags");
  const chosen = all.filter((entity) => tags === null || ((entity.tags as string[] | null) ?? []).includes(tags));
  const start = Number(url.searchParams.get("offset") ?? 0);
  const next = start + pageSize;
  return [200, { data: chosen.slice(start, next), ...(next < chosen.length ? { offset: String(next) } : {}) }];
}

export const NOT_FOUND: Reply = [404, { message: "Not found" }];

export interface Access {
  method: string;
  /** Path below where entities are, without the slash. */
  parts: string[];
  url: URL;
  body: string;
  pageSize: number;
  /** Kong without a database refuses writes of single entities. */
  readOnly: boolean;
  tagFilterFails: boolean;
}

/** `services`, `services/<id>`, `upstreams/<id>/targets` and `upstreams/<id>/targets/<id>`. */
export function onEntities(entities: AdminEntities, access: Access): Reply {
  const parts = access.parts.map(decodeURIComponent);
  const nested = parts[0] === "upstreams" && parts[2] === "targets";
  const [name = "", id] = nested ? ["targets", parts[3]] : parts;
  const collection = entities.collections.get(name);
  if (collection === undefined || (name === "targets" && !nested)) return NOT_FOUND;
  const upstream = nested ? { upstream: { id: parts[1] } } : {};
  const inside = [...collection.values()].filter(
    (entity) => !nested || (entity.upstream as { id: string }).id === parts[1],
  );
  if (id === undefined) {
    if (access.tagFilterFails && access.url.searchParams.has("tags"))
      return [500, { message: "An unexpected error occurred" }];
    return listed(inside, access.url, access.pageSize);
  }
  const entity = collection.get(id);
  if (access.method === "GET") return entity === undefined ? NOT_FOUND : [200, entity];
  if (access.readOnly) {
    const message = `cannot ${access.method} '${name}' entities when not using a database`;
    return [405, { code: 12, name: "operation unsupported", message }];
  }
  if (access.method === "DELETE") return entities.remove(name, id);
  if (access.method === "PATCH") return entities.patch(name, id, JSON.parse(access.body) as Record<string, unknown>);
  return entities.put(name, id, { ...(JSON.parse(access.body) as object), ...upstream });
}
