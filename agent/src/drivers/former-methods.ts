import type { AdminClient } from "./admin-client.ts";
import { createEntityAccess } from "./entity-access.ts";
import type { Entity, GatewayDriver } from "./gateway.ts";

export type PluginEntity = Entity & {
  name: string;
  enabled?: boolean | null;
  route?: { id: string } | null;
  service?: { id: string } | null;
  consumer?: { id: string } | null;
  config?: Record<string, unknown> | null;
};
export type RouteEntity = Entity & { name?: string | null; service?: { id: string } | null };

export interface PluginWrite {
  name: string;
  route: { id: string };
  tags: string[];
  config: Record<string, unknown>;
}

/** Writes outside of `apply`, until actions are changes. */
export interface FormerMethods {
  getRoute: (id: string) => Promise<RouteEntity | null>;
  listPlugins: (tag?: string) => Promise<PluginEntity[]>;
  getPlugin: (id: string) => Promise<PluginEntity | null>;
  validatePlugin: (write: PluginWrite) => Promise<void>;
  putPlugin: (id: string, write: PluginWrite) => Promise<PluginEntity>;
  deletePlugin: (id: string) => Promise<void>;
}

export function formerMethods(client: AdminClient): FormerMethods {
  const access = createEntityAccess(client);
  const path = (id: string) => `/plugins/${encodeURIComponent(id)}`;
  return {
    getRoute: (id) => access.get("routes", id),
    listPlugins: async (tag) => (await access.list("plugins", tag)) as PluginEntity[],
    getPlugin: async (id) => (await access.get("plugins", id)) as PluginEntity | null,
    validatePlugin: async (write) => void (await client.request("POST", "/schemas/plugins/validate", write)),
    putPlugin: async (id, write) => (await client.request("PUT", path(id), write)) as PluginEntity,
    deletePlugin: async (id) => void (await client.request("DELETE", path(id))),
  };
}

/** The same through changes, for any kind of gateway. */
export function formerMethodsOf(driver: GatewayDriver): FormerMethods {
  const getPlugin = async (id: string) => (await driver.get("plugins", id)) as PluginEntity | null;
  return {
    getRoute: (id) => driver.get("routes", id),
    listPlugins: async (tag) => (await driver.list("plugins", tag)) as PluginEntity[],
    getPlugin,
    validatePlugin: async () => undefined,
    putPlugin: async (id, write) => {
      const there = await getPlugin(id);
      const [applied] = await driver.apply([
        there === null
          ? { op: "create", type: "plugins", entity: { id, ...write } }
          : { op: "update", type: "plugins", id, expect: there, set: { ...write } },
      ]);
      return applied?.after as PluginEntity;
    },
    deletePlugin: async (id) => {
      const there = await getPlugin(id);
      if (there !== null) await driver.apply([{ op: "delete", type: "plugins", id, expect: there }]);
    },
  };
}
