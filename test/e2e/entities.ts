import { FEED_SECRET, INGEST_SECRET } from "../support/gateway-node.ts";

/** Of the consumer whom basic-auth lets in at /reports. */
export const STAFF = { user: "ines.reporter", password: "right-password-staff" };

export const PLUGIN_ID = "5d3a3c1e-8f0b-4c53-9d55-0c6f7a2b9e01";
export const ROUTE_IDS = {
  users: "0b6f0000-0000-4000-8000-000000000001",
  login: "0b6f0000-0000-4000-8000-000000000002",
  orders: "0b6f0000-0000-4000-8000-000000000003",
  search: "0b6f0000-0000-4000-8000-000000000004",
  reports: "0b6f0000-0000-4000-8000-000000000005",
};

export interface EntityOptions {
  upstreamUrl: string;
  agentUrl: string;
  plugin: object;
}

type Tree = { [name: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** The second over the first, member by member. */
export function merge(base: Tree, over: Tree): Tree {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const known = merged[name];
    merged[name] = isTree(known) && isTree(value) ? merge(known, value) : value;
  }
  return merged;
}

/** Intervals as short as they go; everything else as shipped, but enforcing. */
export function pluginConfig(agentUrl: string, over: object = {}): Tree {
  const agent = {
    url: agentUrl,
    key_id: "key-1",
    secret: INGEST_SECRET,
    feed_secret: FEED_SECRET,
    poll_interval_s: 0.2,
    flush_interval_s: 0.2,
  };
  return merge({ mode: "enforce", agent, hash_key: "a hash key of the tests" }, over as Tree);
}

/** A declarative configuration: one service with a route for each area of the demo API, one of them behind basic-auth. */
export function entitiesOf({ upstreamUrl, agentUrl, plugin }: EntityOptions): object {
  const routes = Object.entries(ROUTE_IDS).map(([name, id]) => ({
    id,
    name,
    paths: [`/${name}`],
    strip_path: false,
    ...(name === "reports" ? { plugins: [{ name: "basic-auth" }] } : {}),
  }));
  return {
    _format_version: "3.0",
    services: [{ name: "shop", url: upstreamUrl, routes }],
    consumers: [{ username: "staff", basicauth_credentials: [{ username: STAFF.user, password: STAFF.password }] }],
    plugins: [{ id: PLUGIN_ID, name: "threat-response", config: pluginConfig(agentUrl, plugin) }],
  };
}
