import { z } from "zod";
import { AdminApiError, type AdminClient } from "./admin-client.ts";

const reference = z.object({ id: z.string() }).nullish();
const plugin = z.looseObject({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean().nullish(),
  route: reference,
  service: reference,
  consumer: reference,
  tags: z.array(z.string()).nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
});
export type PluginEntity = z.output<typeof plugin>;

const page = z.looseObject({ data: z.array(z.unknown()).or(z.object({})), offset: z.string().nullish() });
const root = z.looseObject({
  version: z.string(),
  configuration: z.looseObject({ database: z.string().nullish(), role: z.string().nullish() }).nullish(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
const route = z.looseObject({ id: z.string(), name: z.string().nullish(), service: reference });
export type RouteEntity = z.output<typeof route>;

/** What this gateway can do, found out by asking it. */
export interface Capabilities {
  version: string;
  database: string;
  /** Entities can be created; false for DB-less gateways and data planes. */
  writable: boolean;
  plugins: string[];
}

export interface PluginWrite {
  name: string;
  route: { id: string };
  tags: string[];
  config: Record<string, unknown>;
}

export interface GatewayDriver {
  probe: () => Promise<Capabilities>;
  getRoute: (id: string) => Promise<RouteEntity | null>;
  /** All instances, or those that carry the tag. */
  listPlugins: (tag?: string) => Promise<PluginEntity[]>;
  getPlugin: (id: string) => Promise<PluginEntity | null>;
  validatePlugin: (write: PluginWrite) => Promise<void>;
  putPlugin: (id: string, write: PluginWrite) => Promise<PluginEntity>;
  deletePlugin: (id: string) => Promise<void>;
}

const MAX_PAGES = 100;
const part = encodeURIComponent;

/** Kong's Admin API, for traditional gateways and hybrid control planes; it also tells what a DB-less one cannot do. */
export function createAdminApiDriver(client: AdminClient): GatewayDriver {
  return {
    probe: () => probe(client),
    getRoute: (id) => getOrNull(client, `/routes/${part(id)}`, route),
    listPlugins: (tag) => listPlugins(client, tag),
    getPlugin: (id) => getOrNull(client, `/plugins/${part(id)}`, plugin),
    validatePlugin: async (write) => void (await client.request("POST", "/schemas/plugins/validate", write)),
    putPlugin: async (id, write) => parse(plugin, await client.request("PUT", `/plugins/${part(id)}`, write)),
    deletePlugin: async (id) => void (await client.request("DELETE", `/plugins/${part(id)}`)),
  };
}

async function probe(client: AdminClient): Promise<Capabilities> {
  const answer = parse(root, await client.request("GET", "/"));
  await client.request("GET", "/status");
  const database = answer.configuration?.database ?? "unknown";
  return {
    version: answer.version,
    database,
    writable: database !== "off" && answer.configuration?.role !== "data_plane",
    plugins: Object.keys(answer.plugins?.available_on_server ?? {}),
  };
}

async function listPlugins(client: AdminClient, tag?: string): Promise<PluginEntity[]> {
  if (tag === undefined) return listPages(client, "/plugins?size=1000");
  try {
    return await listPages(client, `/plugins?size=1000&tags=${part(tag)}`);
  } catch (error) {
    // DB-less gateways fail to filter when any plugin has no tags at all.
    if (!(error instanceof AdminApiError) || error.code !== "broken") throw error;
    const all = await listPages(client, "/plugins?size=1000");
    return all.filter((entity) => entity.tags?.includes(tag));
  }
}

async function listPages(client: AdminClient, first: string): Promise<PluginEntity[]> {
  const found: PluginEntity[] = [];
  let path = first;
  for (let i = 0; i < MAX_PAGES; i++) {
    const { data, offset } = parse(page, await client.request("GET", path));
    // An empty list may come as an empty object.
    if (Array.isArray(data)) found.push(...data.map((item) => parse(plugin, item)));
    if (offset === null || offset === undefined || offset === "") return found;
    path = `${first}&offset=${part(offset)}`;
  }
  throw new AdminApiError("unexpected", null, `more than ${MAX_PAGES} pages of plugins`);
}

async function getOrNull<T>(client: AdminClient, path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return parse(schema, await client.request("GET", path));
  } catch (error) {
    if (error instanceof AdminApiError && error.code === "not_found") return null;
    throw error;
  }
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AdminApiError(
    "unexpected",
    null,
    `the Admin API's answer is not understood: ${parsed.error.issues[0]?.message}`,
  );
}
