import type { AdminClient } from "./admin-client.ts";
import { applyChanges, type Patience } from "./apply-changes.ts";
import { configurationOf } from "./canonical.ts";
import { createEntityAccess, type EntityAccess } from "./entity-access.ts";
import { type Configuration, ENTITY_TYPES, type Entity, type EntityType, type GatewayDriver } from "./gateway.ts";
import { probeAdminApi, propagationDelay, readRoot } from "./probe.ts";
import {
  type AlarmListener,
  type HashWatchOptions,
  listDataPlanes,
  type PropagationWatch,
  watchDelay,
  watchHashes,
} from "./propagation.ts";
import { createSealer, type Sealer } from "./secrets.ts";
import { areSent } from "./sent.ts";

export interface DriverOptions {
  /** Of the fingerprints that stand for secrets; only drivers with the same key know each other's. */
  fingerprintKey?: string | Buffer;
  /** Entities that carry all of these tags belong to decK and are never edited. */
  selectTags?: readonly string[];
  patience?: Patience;
  /** A data plane does not follow. */
  onAlarm?: AlarmListener;
  look_every_ms?: number;
  /** So long does a write wait for the one before to arrive. */
  settle_ms?: number;
}

export const PATIENCE: Patience = { tries: 3, backoff_ms: 200 };

/** Kong's Admin API, for traditional gateways and hybrid control planes. */
export function createAdminApiDriver(client: AdminClient, options: DriverOptions = {}): GatewayDriver {
  const { selectTags = [], patience = PATIENCE } = options;
  const access = createEntityAccess(client);
  const sealer = sealerOf(options);
  const watch = watchOf(client, access, options);
  const read: GatewayDriver["read"] = (types) => readAll(access, sealer, types);
  return {
    probe: () => probeAdminApi(client),
    read,
    ...sealedReads(access, sealer),
    apply: async (changes, applyOptions = {}) => {
      await watch.settle();
      const planned = typeof changes === "function" ? changes(await read(applyOptions.reads)) : changes;
      return applyChanges({ access, sealer, selectTags }, planned, applyOptions, patience, watch);
    },
    dataPlanes: async () => ((await isControlPlane(client)) ? listDataPlanes(client, Date.now) : []),
    awaitPropagation: watch.wait,
  };
}

/** Without a key of its own a driver's fingerprints are good for its own lifetime. */
export const sealerOf = ({ fingerprintKey }: DriverOptions): Sealer =>
  createSealer(fingerprintKey ?? Buffer.from(crypto.getRandomValues(new Uint8Array(32))));

export function sealedReads(access: EntityAccess, sealer: Sealer): Pick<GatewayDriver, "get" | "list"> {
  return {
    get: async (type, id) => {
      const entity = await access.get(type, id);
      return entity === null ? null : sealer.seal(type, entity);
    },
    list: async (type, tag) => (await access.list(type, tag)).map((entity) => sealer.seal(type, entity)),
  };
}

export async function readAll(
  access: EntityAccess,
  sealer: Sealer,
  types: readonly EntityType[] = ENTITY_TYPES,
): Promise<Configuration> {
  const entities: Partial<Record<(typeof ENTITY_TYPES)[number], Entity[]>> = {};
  for (const type of types) {
    const list = await access.list(type);
    if (list.length > 0) entities[type] = list.map((entity) => sealer.seal(type, entity));
  }
  return configurationOf(entities);
}

export const watchOptions = (
  access: EntityAccess,
  { onAlarm = () => undefined, look_every_ms, settle_ms }: DriverOptions,
): HashWatchOptions => ({
  alarm: onAlarm,
  isSeen: (applied) => areSent(access, applied),
  look_every_ms,
  settle_ms,
});

const isControlPlane = async (client: AdminClient): Promise<boolean> =>
  (await readRoot(client)).configuration?.role === "control_plane";

/** Which of the two it is, is asked once, at the first write. */
function watchOf(client: AdminClient, access: EntityAccess, options: DriverOptions): PropagationWatch {
  const { onAlarm = () => undefined, look_every_ms } = options;
  const hashes = watchHashes(() => listDataPlanes(client, Date.now), watchOptions(access, options));
  const delay = watchDelay(() => propagationDelay(client), onAlarm, look_every_ms);
  let chosen: PropagationWatch | undefined;
  return {
    settle: async () => chosen?.settle(),
    wrote: (applied) => chosen?.wrote(applied),
    mark: async () => {
      chosen ??= (await isControlPlane(client)) ? hashes : delay;
      await chosen.mark();
    },
    wait: (options) => (chosen ?? delay).wait(options),
  };
}
