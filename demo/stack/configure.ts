/** Services, routes, a protected route and the plugin, written into Kong through its Admin API. */
import type { Account } from "../accounts.ts";
import type { Secrets } from "./agent.ts";

export interface KongSettings {
  adminUrl: string;
  /** As the gateway reaches them. */
  upstreamUrl: string;
  agentUrl: string;
  secrets: Secrets;
  staff: Account;
}

export type Put = (path: string, body: unknown) => Promise<void>;

const OPEN_ROUTES = ["users", "login", "orders", "search"];

export function adminWriter(adminUrl: string): Put {
  return async (path, body) => {
    const response = await fetch(`${adminUrl}${path}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Kong refused PUT ${path}: ${response.status} ${await response.text()}`);
  };
}

/** Limits that fit a demo of minutes: shorter windows and blocks than the defaults, nothing else. */
function pluginConfig({ agentUrl, secrets }: KongSettings) {
  return {
    mode: "enforce",
    gateway: "demo",
    login: { window_s: 30 },
    flood: { window_s: 5, max_per_ip: 100 },
    source: { window_s: 30, block_s: 15 },
    agent: {
      url: agentUrl,
      key_id: secrets.keyId,
      secret: secrets.ingest,
      feed_secret: secrets.feed,
      poll_interval_s: 1,
      flush_interval_s: 1,
    },
    hash_key: secrets.hash,
  };
}

const PLUGIN_ID = "5d3a3c1e-8f0b-4c53-9d55-0c6f7a2b9e01";
const BASIC_AUTH_ID = "5d3a3c1e-8f0b-4c53-9d55-0c6f7a2b9e02";

export async function configureKong(settings: KongSettings): Promise<void> {
  const put = adminWriter(settings.adminUrl);
  await put("/services/shop", { url: settings.upstreamUrl });
  for (const name of [...OPEN_ROUTES, "reports"]) {
    await put(`/services/shop/routes/${name}`, { paths: [`/${name}`], strip_path: false });
  }
  await put("/consumers/staff", { tags: [] });
  const { user, password } = settings.staff;
  await put(`/consumers/staff/basic-auth/${encodeURIComponent(user)}`, { username: user, password });
  const route = (await (await fetch(`${settings.adminUrl}/routes/reports`)).json()) as { id: string };
  await put(`/plugins/${BASIC_AUTH_ID}`, { name: "basic-auth", route: { id: route.id } });
  await put(`/plugins/${PLUGIN_ID}`, { name: "threat-response", config: pluginConfig(settings) });
}

/** Of the agent's: they carry its tag. */
export async function countOurEntities(adminUrl: string): Promise<number> {
  const response = await fetch(`${adminUrl}/plugins?tags=threat-response`);
  if (!response.ok) throw new Error(`Kong answered ${response.status} to GET /plugins?tags=threat-response`);
  return ((await response.json()) as { data: unknown[] }).data.length;
}
