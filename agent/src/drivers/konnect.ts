import { z } from "zod";
import { type DriverOptions, PATIENCE, readAll, sealedReads, sealerOf, watchOptions } from "./admin-api.ts";
import { type AdminClient, createAdminClient, type Sleep } from "./admin-client.ts";
import { applyChanges } from "./apply-changes.ts";
import { createEntityAccess, parse } from "./entity-access.ts";
import type { Capabilities, DataPlane, GatewayDriver } from "./gateway.ts";
import { capabilitiesOf } from "./probe.ts";
import { watchHashes } from "./propagation.ts";

export const KONNECT_REGIONS = ["us", "eu", "au", "me", "in", "sg"] as const;

export interface KonnectOptions extends DriverOptions {
  region: (typeof KONNECT_REGIONS)[number];
  /** The id of the control plane. */
  controlPlane: string;
  token: string;
  /** Instead of the region's; from the operator's configuration, too. */
  url?: string | undefined;
  timeout_ms?: number;
  retries?: number;
  backoff_ms?: number;
  sleep?: Sleep;
  fence?: () => void;
}

const node = z.looseObject({
  id: z.string(),
  hostname: z.string().nullish(),
  version: z.string().nullish(),
  last_ping: z.number().nullish(),
  config_hash: z.string().nullish(),
});
const nodes = z.looseObject({
  items: z.array(node).nullish(),
  page: z.looseObject({ next: z.string().nullish() }).nullish(),
});
type Node = z.output<typeof node>;

const controlPlane = z.looseObject({
  config: z.looseObject({ cluster_type: z.string().nullish() }).nullish(),
});

const GONE_AFTER_S = 120;
const MAX_PAGES = 50;

/** A control plane in Konnect, over its core entities, which are replaced whole: there is no PATCH. */
export function createKonnectDriver(options: KonnectOptions): GatewayDriver {
  const { region, token, selectTags = [], patience = PATIENCE } = options;
  const url = options.url ?? `https://${region}.api.konghq.com`;
  const authorization = { token: `Bearer ${token}`, tokenHeader: "authorization" };
  const client = createAdminClient({ ...options, ...authorization, url, name: "KONNECT_URL" });
  const prefix = `/v2/control-planes/${encodeURIComponent(options.controlPlane)}`;
  const access = createEntityAccess(client, { prefix: `${prefix}/core-entities`, isNested: true, isWhole: true });
  const sealer = sealerOf(options);
  const read: GatewayDriver["read"] = (types) => readAll(access, sealer, types);
  const watch = watchHashes(() => hashesOf(client, prefix), watchOptions(access, options));
  return {
    probe: () => probe(client, prefix),
    read,
    ...sealedReads(access, sealer),
    apply: async (changes, applyOptions = {}) => {
      await watch.settle();
      const planned = typeof changes === "function" ? changes(await read(applyOptions.reads)) : changes;
      return applyChanges({ access, sealer, selectTags }, planned, applyOptions, patience, watch);
    },
    dataPlanes: () => hashesOf(client, prefix),
    awaitPropagation: watch.wait,
  };
}

async function probe(client: AdminClient, prefix: string): Promise<Capabilities> {
  const { config } = parse(controlPlane, await client.request("GET", prefix));
  const versions = (await liveNodes(client, prefix)).flatMap(({ version }) => version ?? []);
  const told = { version: versions.sort()[0] ?? "unknown", database: "konnect", router: null, plugins: [] };
  const capabilities = capabilitiesOf("konnect", told);
  if (config?.cluster_type !== "CLUSTER_TYPE_CONTROL_PLANE_GROUP") return capabilities;
  const why = "take entities in a control plane group: name the member that has the routes";
  return { ...capabilities, writable: false, cannot: [...capabilities.cannot, why] };
}

async function liveNodes(client: AdminClient, prefix: string): Promise<Node[]> {
  const found: Node[] = [];
  let path = `${prefix}/nodes?page[size]=100`;
  for (let i = 0; i < MAX_PAGES; i++) {
    const { items, page } = parse(nodes, await client.request("GET", path));
    found.push(...(items ?? []));
    if (!page?.next) break;
    path = `${prefix}/nodes?page[size]=100&page[after]=${encodeURIComponent(cursorIn(page.next))}`;
  }
  return found.filter(({ last_ping }) => (last_ping ?? 0) >= Date.now() / 1000 - GONE_AFTER_S);
}

/** A cursor, or the address of the next page with it. */
const cursorIn = (next: string): string =>
  new URL(next, "http://konnect.invalid").searchParams.get("page[after]") ?? next;

const hashesOf = async (client: AdminClient, prefix: string): Promise<DataPlane[]> =>
  (await liveNodes(client, prefix)).map(({ id, hostname, config_hash }) => ({
    name: hostname ?? id,
    hash: config_hash ?? "",
  }));
