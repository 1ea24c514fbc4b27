import { coversEntity } from "../drivers/canonical.ts";
import type { Change, Entity, EntityType } from "../drivers/gateway.ts";
import { AdminApiError, type GatewayDriver } from "../drivers/index.ts";
import { isOurs } from "../drivers/tags.ts";
import type { ResponseLog } from "../response-parts.ts";
import { REGISTRATION_TAG, type Registration, registrationIds, type Wanted, wantedEntities } from "./entities.ts";

const isRegistration = (entity: Entity): boolean =>
  isOurs(entity.tags) && (entity.tags?.includes(REGISTRATION_TAG) ?? false);

/** Makes the agent a Service and a Route of its gateway. What is there as it should be is not written again. */
export async function register(
  driver: GatewayDriver,
  registration: Registration,
  mayWrite: () => Promise<string | null> = async () => null,
): Promise<number> {
  const changes: Change[] = [];
  for (const wanted of wantedEntities(registration)) {
    const change = await changeTo(driver, wanted);
    if (change !== null) changes.push(change);
  }
  changes.push(...(await formerAuth(driver, registration)));
  if (changes.length > 0) await driver.apply(changes, { mayWrite });
  return changes.length;
}

async function changeTo(driver: GatewayDriver, { type, entity }: Wanted): Promise<Change | null> {
  const there = await driver.get(type, entity.id);
  if (there === null) return { op: "create", type, entity };
  refuseTheirs(type, there);
  if (coversEntity(there, entity)) return null;
  const { id: _, config, ...fields } = entity;
  const set = config === undefined ? fields : { ...fields, config: { ...(there.config as object), ...config } };
  return { op: "update", type, id: entity.id, expect: there, set };
}

function refuseTheirs(type: EntityType, there: Entity): void {
  if (isRegistration(there)) return;
  const message = `${type} ${there.id} is somebody else's by its tags (${REGISTRATION_TAG} is gone): nothing was changed`;
  throw new AdminApiError("conflict", null, message);
}

/** Authentication that the operator does not want any more. */
async function formerAuth(driver: GatewayDriver, { auth, gateway }: Registration): Promise<Change[]> {
  if (auth !== "none") return [];
  const { plugin } = registrationIds(gateway);
  const there = await driver.get("plugins", plugin);
  return there !== null && isRegistration(there) ? [{ op: "delete", type: "plugins", id: plugin, expect: there }] : [];
}

/** Removes what `register` made, all or (where somebody made some of it theirs) nothing. Returns what was removed. */
export async function unregister(driver: GatewayDriver, gateway: string): Promise<string[]> {
  const { plugin, route, service } = registrationIds(gateway);
  const changes: Change[] = [];
  for (const [type, id] of [
    ["plugins", plugin],
    ["routes", route],
    ["services", service],
  ] as const) {
    const there = await driver.get(type, id);
    if (there === null) continue;
    refuseTheirs(type, there);
    changes.push({ op: "delete", type, id, expect: there });
  }
  await driver.apply(changes);
  return changes.map((change) => `${change.type} ${change.op === "delete" ? change.id : ""}`);
}

interface Registrar {
  driver: GatewayDriver | null;
  registration: () => Registration;
  dryRun: () => boolean;
  mayAct: (doing: "start") => Promise<string | null>;
  log: ResponseLog;
}

/** Nothing in a dry run. */
export async function keepRegistered({ driver, registration, dryRun, mayAct, log }: Registrar): Promise<void> {
  if (driver === null || dryRun()) return;
  const { path, gateway } = registration();
  const written = await register(driver, registration(), () => mayAct("start"));
  if (written > 0) log.info({ path, gateway, written }, "The agent is a Route of its gateway.");
}
