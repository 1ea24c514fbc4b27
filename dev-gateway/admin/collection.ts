import { createHash } from "node:crypto";
import type { PluginSchema } from "./bundled-plugins.ts";
import type { EntityType } from "./entities.ts";
import { notFound, schemaViolation, unsupported } from "./errors.ts";
import { type EntityCheck, type Fields, isRecord, type Value } from "./field.ts";
import type { Entity, Store } from "./store.ts";
import { isUuid, merge, type Problems, problemsOf, withDefaults } from "./validate.ts";

/** What is known of plugins: their schemas, and what only their own Lua can tell of a configuration. */
export interface PluginRules {
  schemas: Readonly<Record<string, PluginSchema>>;
  problemsInLua(name: string, config: unknown): Promise<Problems>;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Reads and writes one kind of entity as Kong's data access does: complete, check, store. */
export class Collection {
  readonly type: EntityType;
  readonly #store: Store;
  readonly #plugins: PluginRules;
  readonly #writable: boolean;

  /** Without a database input is checked all the same, and then refused. */
  constructor(type: EntityType, store: Store, plugins: PluginRules, writable = true) {
    this.type = type;
    this.#store = store;
    this.#plugins = plugins;
    this.#writable = writable;
  }

  /** By id, or by the field that may stand for it. */
  find(key: string): Entity | undefined {
    if (isUuid(key)) return this.#store.get(this.type.name, key);
    return this.type.endpointKey ? this.#store.findBy(this.type.name, this.type.endpointKey, key) : undefined;
  }

  get(key: string): Entity {
    const entity = this.find(key);
    if (!entity) throw notFound();
    return entity;
  }

  async insert(input: Value): Promise<Entity> {
    const entity = await this.#complete(input);
    this.#refuseWithoutDatabase("create");
    return this.#save(this.#hashed(entity));
  }

  /** Stores what an export gave: passwords are hashes already. */
  async restore(input: Value): Promise<Entity> {
    return this.#save(await this.#complete(input));
  }

  /** Creates, or replaces in full: what is not stated falls back to its default. */
  async upsert(key: string, input: Value): Promise<Entity> {
    const present = this.find(key);
    const id = isUuid(key) ? key : (present?.id ?? undefined);
    const named = isUuid(key) || !this.type.endpointKey ? {} : { [this.type.endpointKey]: key };
    const entity = await this.#complete({ ...input, ...named, ...(id === undefined ? {} : { id }) });
    this.#refuseWithoutDatabase("create or update", key);
    return this.#save(this.#hashed(entity));
  }

  async update(key: string, change: Value): Promise<Entity> {
    const present = this.get(key);
    const { fields } = this.#rules({ name: present.name, ...change });
    const touched = "updated_at" in fields ? { updated_at: now() } : {};
    const merged = { ...merge(fields, present, this.#expanded(change)), ...touched };
    const entity = await this.#checked(merged, "when updating, ");
    this.#refuseWithoutDatabase("update", key);
    return this.#save(change.password === undefined ? entity : this.#hashed(entity));
  }

  remove(key: string): boolean {
    const entity = this.find(key);
    if (entity) this.#refuseWithoutDatabase("remove", key);
    if (entity) this.#store.remove(this.type, entity.id);
    return entity !== undefined;
  }

  /** What an insert would check, without storing; also without looking at other entities. */
  async validate(input: Value): Promise<void> {
    await this.#complete(input);
  }

  #complete(input: Value): Promise<Entity> {
    return this.#checked(withDefaults(this.#rules(input).fields, this.#expanded(input)));
  }

  #refuseWithoutDatabase(verb: string, key?: string): void {
    if (this.#writable) return;
    throw unsupported(verb, this.type.name, key === undefined || isUuid(key) ? undefined : this.type.endpointKey);
  }

  #expanded(input: Value): Value {
    return this.type.expand ? this.type.expand(input) : input;
  }

  /** Fields and rules; for a plugin, with those of its name. */
  #rules(entity: Value): { fields: Fields; checks: EntityCheck[]; problem?: Problems } {
    const { fields, checks = [] } = this.type;
    if (this.type.name !== "plugins" || typeof entity.name !== "string") return { fields, checks };
    const schema = this.#plugins.schemas[entity.name];
    if (!schema) {
      const name = `plugin '${entity.name}' not enabled; add it to the 'plugins' configuration property`;
      return { fields, checks, problem: { name } };
    }
    const config = {
      ...fields.config!,
      required: true,
      fields: schema.config,
      ...(schema.configCheck && { check: schema.configCheck }),
    };
    return { fields: { ...fields, ...schema.entity, config }, checks: schema.checks };
  }

  async #checked(entity: Value, prefix = ""): Promise<Entity> {
    const { fields, checks, problem } = this.#rules(entity);
    const problems = problem ?? problemsOf(fields, entity) ?? (await this.#problemsInLua(entity));
    if (Object.keys(problems).length === 0) {
      const found = checks.map((check) => check(entity)).filter((sentence) => sentence !== undefined);
      if (found.length > 0) problems["@entity"] = found.map((sentence) => prefix + sentence);
    }
    if (Object.keys(problems).length > 0) throw schemaViolation(problems);
    return entity as Entity;
  }

  #problemsInLua({ name, config }: Value): Promise<Problems> | Problems {
    return this.type.name === "plugins" ? this.#plugins.problemsInLua(String(name), config) : {};
  }

  /** Passwords are kept as Kong keeps them: a hash salted with the consumer's id. */
  #hashed(entity: Entity): Entity {
    if (this.type.name !== "basicauth_credentials" || !isRecord(entity.consumer)) return entity;
    const password = createHash("sha1").update(`${entity.password}${entity.consumer.id}`).digest("hex");
    return { ...entity, password };
  }

  #save(entity: Entity): Entity {
    this.#store.save(this.type, entity);
    return entity;
  }
}
