import { createHash } from "node:crypto";
import type { LoadedPlugin, Workers } from "../nginx.ts";
import { BUNDLED_PLUGINS } from "./bundled-plugins.ts";
import { Collection, type PluginRules } from "./collection.ts";
import { customSchema } from "./custom-schema.ts";
import { ENTITY_TYPES } from "./entities.ts";
import { Store } from "./store.ts";
import type { Problems } from "./validate.ts";

export const EMPTY_HASH = "0".repeat(32);

/** What the Admin API needs of nginx. */
export interface Runtime {
  publish(document: string): Promise<void>;
  workers(): Promise<Workers>;
  check(name: string, config: unknown): Promise<Problems>;
}

function schemasOf(loaded: Record<string, LoadedPlugin>): PluginRules["schemas"] {
  const custom = Object.entries(loaded).filter(([, plugin]) => plugin.schema !== undefined);
  const own = Object.fromEntries(custom.map(([name, plugin]) => [name, customSchema(plugin.schema)]));
  return { ...own, ...BUNDLED_PLUGINS };
}

/** The node behind the Admin API: entities, plugin schemas, and nginx to which changes are published. */
export class Gateway {
  readonly store = new Store();
  readonly collections: ReadonlyMap<string, Collection>;
  readonly rules: PluginRules;
  readonly plugins: Record<string, LoadedPlugin>;
  readonly database: boolean;
  readonly nodeId: string;
  readonly #runtime: Runtime;
  configurationHash = EMPTY_HASH;

  constructor(runtime: Runtime, plugins: Record<string, LoadedPlugin>, nodeId: string, database: boolean) {
    this.#runtime = runtime;
    this.plugins = plugins;
    this.nodeId = nodeId;
    this.database = database;
    this.rules = { schemas: schemasOf(plugins), problemsInLua: (name, config) => runtime.check(name, config) };
    this.collections = new Map(
      ENTITY_TYPES.map((type) => [type.name, new Collection(type, this.store, this.rules, database)]),
    );
  }

  workers(): Promise<Workers> {
    return this.#runtime.workers();
  }

  /** Sends all entities to nginx, whose workers take them within some ten milliseconds. */
  async publish(): Promise<void> {
    const document = Object.fromEntries(
      ENTITY_TYPES.map((type) => [type.name, this.store.all(type.name).map(asHandlersSeeIt)]),
    );
    await this.#runtime.publish(JSON.stringify(document));
  }

  hashOf(text: string): string {
    return createHash("md5").update(text).digest("hex");
  }
}

const VAULT_REFERENCE = /^\{vault:\/\/env\/([\w-]+)\}$/;

/** A secret named in the environment; empty when it is not there. */
function resolveReference(text: string): string {
  const name = VAULT_REFERENCE.exec(text)?.[1];
  return name === undefined ? text : (process.env[name.replaceAll("-", "_").toUpperCase()] ?? "");
}

/** Absent fields are nil there, never null, and references to secrets are the secrets. */
function asHandlersSeeIt(value: unknown): unknown {
  if (typeof value === "string") return resolveReference(value);
  if (Array.isArray(value)) return value.map(asHandlersSeeIt);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, asHandlersSeeIt(item)]));
}
