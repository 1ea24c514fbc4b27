import { createHmac } from "node:crypto";
import type { Db } from "../store/db.ts";
import { createAdminApiDriver, type DriverOptions, PATIENCE } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import { createDblessDriver } from "./dbless.ts";
import type { GatewayDriver } from "./gateway.ts";
import { createKonnectDriver, type KONNECT_REGIONS } from "./konnect.ts";
import { readRoot } from "./probe.ts";
import { queueWrites } from "./write-queue.ts";
import { createWriterLease } from "./writer-lease.ts";

/** The members of the agent's configuration that say where the gateway is. */
export interface GatewayConfig {
  GATEWAY_NAME: string;
  KONG_ADMIN_URL?: string | undefined;
  KONG_ADMIN_TOKEN?: string | undefined;
  KONNECT_CONTROL_PLANE_ID?: string | undefined;
  KONNECT_TOKEN?: string | undefined;
  KONNECT_REGION?: (typeof KONNECT_REGIONS)[number] | undefined;
  KONNECT_URL?: string | undefined;
  DECK_SELECT_TAGS?: string[] | undefined;
  FEED_SECRET?: string | undefined;
  WRITE_INTERVAL_S?: number | undefined;
}

export interface CreateDriverOptions {
  timeout_ms?: number;
  retries?: number;
  onAlarm?: (detail: string) => void;
  /** Of `DriverOptions`; 0 for who does not ask when a write has arrived. */
  settle_ms?: number;
  /** In the moment in which a write leaves; throws when it must not. */
  fence?: () => void;
  /** Where agents agree on who writes; without it nobody else does. */
  db?: Db;
}

/** The driver for the gateway that is configured; null when none is. Its kind is found out when it is first used. */
export function createDriver(
  config: GatewayConfig,
  { db, ...options }: CreateDriverOptions = {},
): GatewayDriver | null {
  const lease = db && createWriterLease({ db, gateway: config.GATEWAY_NAME });
  const driver = driverFor(config, { ...options, ...sharedOptions(config), ...(lease && { fence: lease.check }) });
  if (driver === null) return null;
  const interval_ms = (config.WRITE_INTERVAL_S ?? 5) * 1000;
  const watched = options.onAlarm === undefined ? driver : watchFollowing(driver);
  return queueWrites(watched, { interval_ms, ...(lease && { lease }) });
}

/** After every write, whoever made it, it is seen whether the data planes follow; the driver raises the alarm when they do not. */
function watchFollowing(driver: GatewayDriver): GatewayDriver {
  const follow = async () => {
    const { kind } = await driver.probe();
    // Nodes with a common database cannot tell.
    if (kind !== "traditional") await driver.awaitPropagation();
  };
  return {
    ...driver,
    apply: async (changes, options) => {
      const applied = await driver.apply(changes, options);
      if (applied.length > 0) void follow().catch(() => undefined);
      return applied;
    },
  };
}

function sharedOptions(config: GatewayConfig): DriverOptions {
  const key = fingerprintKeyOf(config);
  return { ...(key && { fingerprintKey: key }), selectTags: config.DECK_SELECT_TAGS ?? [], patience: PATIENCE };
}

/** Fingerprints of all agents and of later runs are to be the same, and nobody else is to know the key. Null without a secret to derive it from. */
export function fingerprintKeyOf({
  FEED_SECRET,
  GATEWAY_NAME,
}: Pick<GatewayConfig, "FEED_SECRET" | "GATEWAY_NAME">): Buffer | null {
  if (FEED_SECRET === undefined) return null;
  return createHmac("sha256", FEED_SECRET).update(`fingerprints of ${GATEWAY_NAME}`).digest();
}

function driverFor(config: GatewayConfig, options: DriverOptions & CreateDriverOptions): GatewayDriver | null {
  const { KONNECT_CONTROL_PLANE_ID: controlPlane, KONNECT_TOKEN: token, KONNECT_REGION: region = "us" } = config;
  if (controlPlane !== undefined && token !== undefined) {
    return createKonnectDriver({ ...options, controlPlane, token, region, url: config.KONNECT_URL });
  }
  const { KONG_ADMIN_URL: url, KONG_ADMIN_TOKEN: adminToken } = config;
  return url === undefined ? null : whicheverFits({ url, token: adminToken }, options);
}

/** With or without a database: the gateway says so itself, and is asked again as long as it has not. */
function whicheverFits(
  where: { url: string; token: string | undefined },
  options: DriverOptions & CreateDriverOptions,
): GatewayDriver {
  const client = createAdminClient({ ...options, ...where });
  const byDatabase = createAdminApiDriver(client, options);
  const byDocument = createDblessDriver(client, options);
  let chosen: Promise<GatewayDriver> | undefined;
  const choose = async () => {
    const { configuration } = await readRoot(client);
    return configuration?.database === "off" && configuration.role !== "data_plane" ? byDocument : byDatabase;
  };
  const driver = () => {
    chosen ??= choose().catch((error: unknown) => {
      chosen = undefined;
      throw error;
    });
    return chosen;
  };
  return {
    probe: async () => (await driver()).probe(),
    read: async (types) => (await driver()).read(types),
    get: async (type, id) => (await driver()).get(type, id),
    list: async (type, tag) => (await driver()).list(type, tag),
    apply: async (changes, applyOptions) => (await driver()).apply(changes, applyOptions),
    dataPlanes: async () => (await (await driver()).dataPlanes?.()) ?? [],
    awaitPropagation: async (waiting) => (await driver()).awaitPropagation(waiting),
  };
}
