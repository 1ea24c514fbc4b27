import { coversEntity } from "../drivers/canonical.ts";
import type { Change, Entity, EntityType } from "../drivers/gateway.ts";
import { AdminApiError, type GatewayDriver } from "../drivers/index.ts";
import { isOurs } from "../drivers/tags.ts";
import type { ResponseLog } from "../response-parts.ts";
import {
  REGISTRATION_TAG,
  type Registration,
  registrationIds,
  UNREADY_TAG,
  type Wanted,
  wantedEntities,
} from "./entities.ts";

const isRegistration = (entity: Entity): boolean =>
  isOurs(entity.tags) && (entity.tags?.includes(REGISTRATION_TAG) ?? false);

type MayWrite = () => Promise<string | null>;

/**
 * Makes the agent a Service and a Route of its gateway, open to nobody at any moment: nodes take routes and plugins up one after the
 * other, so the service stays disabled until what authenticates is in force everywhere. What is there as it should be is not written
 * again.
 */
export async function register(
  driver: GatewayDriver,
  registration: Registration,
  mayWrite: MayWrite = async () => null,
): Promise<number> {
  const changes: Change[] = [];
  for (const { wanted, there } of await closedUntilGuarded(driver, registration)) {
    const change = changeTo(wanted, there);
    if (change !== null) changes.push(change);
  }
  changes.push(...(await formerAuth(driver, registration)));
  if (changes.length > 0) await driver.apply(changes, { mayWrite });
  return changes.length + (await letIn(driver, registration, mayWrite));
}

interface Compared {
  wanted: Wanted;
  there: Entity | null;
}

/** What is wanted, the service disabled as long as not all of it is there. */
async function closedUntilGuarded(driver: GatewayDriver, registration: Registration): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const wanted of wantedEntities(registration)) {
    compared.push({ wanted, there: await driver.get(wanted.type, wanted.entity.id) });
  }
  const [service] = compared;
  const isOpening = registration.auth !== "none" && compared.some(({ there }) => there === null);
  // One that an operator disabled is closed, and stays so.
  const isClosed = service?.there?.enabled === false;
  if (service === undefined || !(isClosed ? isUnready(service.there) : isOpening)) return compared;
  const { entity } = service.wanted;
  const unready = { ...entity, enabled: false, tags: [...(entity.tags ?? []), UNREADY_TAG] };
  return [{ ...service, wanted: { ...service.wanted, entity: unready } }, ...compared.slice(1)];
}

const isUnready = (service: Entity | null): boolean => service?.tags?.includes(UNREADY_TAG) ?? false;

/** How many were written; where not all nodes have it yet, the next run goes on from there. */
async function letIn(driver: GatewayDriver, { gateway }: Registration, mayWrite: MayWrite): Promise<number> {
  const { service: id } = registrationIds(gateway);
  const service = await driver.get("services", id);
  if (service === null || !isRegistration(service) || !isUnready(service)) return 0;
  if (!(await isGuarded(driver))) return 0;
  const tags = (service.tags ?? []).filter((tag) => tag !== UNREADY_TAG);
  await driver.apply([{ op: "update", type: "services", id, expect: service, set: { enabled: true, tags } }], {
    mayWrite,
  });
  return 1;
}

/**
 * What authenticates is in force everywhere. Gateways that get their configuration whole get it with the service at the latest, and a
 * control plane does not even send what belongs to a disabled one: nobody could see it arrive.
 */
async function isGuarded(driver: GatewayDriver): Promise<boolean> {
  const { kind } = await driver.probe();
  return kind !== "traditional" || (await driver.awaitPropagation()).reached;
}

function changeTo({ type, entity }: Wanted, there: Entity | null): Change | null {
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
