import { FEED_SECRET, INGEST_SECRET } from "../support/gateway-node.ts";

/** Of the consumer whom basic-auth lets in at /reports. */
export const STAFF = { user: "ines.reporter", password: "right-password-staff" };

/** Whom key-auth lets in at /users/partners. */
export const PARTNER = {
  id: "0b6f0000-0000-4000-8000-0000000000a1",
  keys: ["key-of-a-partner-1", "key-of-a-partner-2"],
};
export const OTHER_PARTNER = { id: "0b6f0000-0000-4000-8000-0000000000a2", keys: ["key-of-another-partner"] };

export const HASH_KEY = "a hash key of the tests";
export const PLUGIN_ID = "5d3a3c1e-8f0b-4c53-9d55-0c6f7a2b9e01";
export const ROUTE_IDS = {
  users: "0b6f0000-0000-4000-8000-000000000001",
  login: "0b6f0000-0000-4000-8000-000000000002",
  orders: "0b6f0000-0000-4000-8000-000000000003",
  search: "0b6f0000-0000-4000-8000-000000000004",
  reports: "0b6f0000-0000-4000-8000-000000000005",
  partners: "0b6f0000-0000-4000-8000-000000000006",
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
  return merge({ mode: "enforce", agent, hash_key: HASH_KEY }, over as Tree);
}

const PATHS: Record<string, string> = { partners: "/users/partners" };
const AUTHENTICATION: Record<string, string> = { reports: "basic-auth", partners: "key-auth" };

const partnerOf = ({ id, keys }: typeof PARTNER) => ({
  id,
  username: `partner-${id.slice(-2)}`,
  keyauth_credentials: keys.map((key) => ({ key })),
});

/** A declarative configuration: one service with a route for each area of the demo API, two of them behind authentication. */
export function entitiesOf({ upstreamUrl, agentUrl, plugin }: EntityOptions): object {
  const routes = Object.entries(ROUTE_IDS).map(([name, id]) => ({
    id,
    name,
    paths: [PATHS[name] ?? `/${name}`],
    strip_path: false,
    ...(AUTHENTICATION[name] ? { plugins: [{ name: AUTHENTICATION[name] }] } : {}),
  }));
  return {
    _format_version: "3.0",
    services: [{ name: "shop", url: upstreamUrl, routes }],
    consumers: [
      { username: "staff", basicauth_credentials: [{ username: STAFF.user, password: STAFF.password }] },
      partnerOf(PARTNER),
      partnerOf(OTHER_PARTNER),
    ],
    plugins: [{ id: PLUGIN_ID, name: "threat-response", config: pluginConfig(agentUrl, plugin) }],
  };
}
