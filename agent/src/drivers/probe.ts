import { z } from "zod";
import type { AdminClient } from "./admin-client.ts";
import { parse } from "./entity-access.ts";
import type { Capabilities, GatewayKind } from "./gateway.ts";

const seconds = z.coerce.number().nullish().catch(null);
const root = z.looseObject({
  version: z.string(),
  configuration: z
    .looseObject({
      database: z.string().nullish(),
      role: z.string().nullish(),
      router_flavor: z.enum(["traditional", "traditional_compatible", "expressions"]).nullish().catch(null),
      db_update_frequency: seconds,
      worker_state_update_frequency: seconds,
    })
    .nullish(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/** What no gateway tells in one word, by kind. */
const CANNOT: Record<GatewayKind, string[]> = {
  traditional: ["say when all nodes have a change: the agent waits as long as they may take, or probes"],
  "control-plane": ["serve requests itself: what is written counts once the data planes have it"],
  dbless: [
    "change single entities: the whole document is posted, and an edit made in the same moment by somebody else may be lost",
    "keep what was posted over a reload or restart: the agent puts it back",
    "take basic-auth credentials with a password in clear",
  ],
  konnect: ["run custom plugins whose schema was not uploaded", "change an entity in part: it is replaced whole"],
  "data-plane": ["take any configuration: give the agent the control plane's Admin API; decisions still work"],
};

export async function readRoot(client: AdminClient) {
  return parse(root, await client.request("GET", "/"));
}

export async function probeAdminApi(client: AdminClient): Promise<Capabilities> {
  const { version, configuration, plugins } = await readRoot(client);
  await client.request("GET", "/status");
  const database = configuration?.database ?? "unknown";
  const kind = kindOf(database, configuration?.role ?? "traditional");
  return capabilitiesOf(kind, {
    version,
    database,
    router: configuration?.router_flavor ?? null,
    plugins: Object.keys(plugins?.available_on_server ?? {}),
  });
}

function kindOf(database: string, role: string): GatewayKind {
  if (role === "data_plane") return "data-plane";
  if (role === "control_plane") return "control-plane";
  return database === "off" ? "dbless" : "traditional";
}

const OLDEST = [3, 4] as const;

/** False where the gateway does not tell. */
function isOlder(version: string): boolean {
  const [major, minor] = /^(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? OLDEST;
  return major !== OLDEST[0] ? major! < OLDEST[0] : minor! < OLDEST[1];
}

/** A driver that can write all the same says so itself. */
export function capabilitiesOf(
  kind: GatewayKind,
  told: Pick<Capabilities, "version" | "database" | "router" | "plugins">,
): Capabilities {
  const cannot = [...CANNOT[kind]];
  if (isOlder(told.version)) cannot.push(`be vouched for: Kong ${told.version} is older than ${OLDEST.join(".")}`);
  if (told.router !== "expressions") cannot.push("match routes by expressions, or by the client's address");
  return { ...told, kind, writable: kind !== "data-plane" && kind !== "dbless", cannot };
}

/** How long a node with a common database may take until it works with a change: looks for it, then rebuilds. */
export async function propagationDelay(client: AdminClient): Promise<number> {
  const { configuration } = await readRoot(client);
  const { db_update_frequency, worker_state_update_frequency } = configuration ?? {};
  return Math.ceil(((db_update_frequency ?? 5) + (worker_state_update_frequency ?? 5)) * 1000);
}
