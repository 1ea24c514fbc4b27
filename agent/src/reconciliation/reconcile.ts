import { acceptRemoval } from "../actions/end.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { idOfChange } from "../drivers/before-images.ts";
import type { Change } from "../drivers/gateway.ts";
import { AdminApiError, type GatewayDriver } from "../drivers/index.ts";
import { incidentOf, isOurs, OWNER_TAG } from "../drivers/tags.ts";
import { isDryRun, type ResponseParts } from "../response-parts.ts";
import { type Action, isProbing, listActionsOn, updateAction } from "../store/actions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { inStage } from "../verification/stage.ts";
import {
  CHANGED_BY_HAND,
  CREATED_TYPES,
  createdBy,
  type Found,
  REMOVED_BY_HAND,
  repairOrAccept,
  whyOrphan,
} from "./compare.ts";
import { reconcileDecisions } from "./decisions.ts";
import { withdrawOutdated } from "./outdated.ts";

export const RECONCILE_JOB = "reconcile";
export const RECONCILE_EVERY_MS = 15_000;
/** So long after it was written an entity may not be seen everywhere yet. */
const SETTLING_MS = 5_000;

export interface Reconciled {
  repaired: string[];
  accepted: string[];
  removed: string[];
}

/**
 * Compares what the agent believes with what the gateway has, and sets right what nobody did on purpose. Run any number of times;
 * what somebody else changed stays, and what the agent did not create is never removed.
 */
export async function reconcile(parts: ResponseParts): Promise<Reconciled> {
  const done: Reconciled = { repaired: [], accepted: [], removed: [] };
  if (isDryRun(parts)) return done;
  await reconcileDecisions(parts, done);
  if (parts.driver === null) return done;
  await withdrawOutdated(parts, parts.driver, done);
  const found = await readOurs(parts.driver);
  await repairMissing(parts, parts.driver, found, done);
  await removeOrphans(parts, parts.driver, found, done);
  if (done.repaired.length + done.accepted.length + done.removed.length > 0) parts.log.warn(done, "reconciled");
  return done;
}

async function readOurs(driver: GatewayDriver): Promise<Found[]> {
  const found: Found[] = [];
  for (const type of CREATED_TYPES) {
    for (const entity of await driver.list(type, OWNER_TAG)) found.push({ type, entity });
  }
  return found;
}

async function repairMissing(
  parts: ResponseParts,
  driver: GatewayDriver,
  found: readonly Found[],
  done: Reconciled,
): Promise<void> {
  const states: { action: Action; state: State }[] = [];
  for (const action of await settledActions(parts)) {
    const state = await stateOf(parts, driver, action);
    if (state !== null) states.push({ action, state });
  }
  if (states.length === 0) return;
  const isInMemory = (await driver.probe()).kind === "dbless";
  const gone = states.filter(({ state }) => state.isGone);
  const isLost = gone.length > 1 && !found.some(({ entity }) => incidentOf(entity.tags) !== null);
  for (const { action, state } of states) {
    const isReload = state.isGone ? isLost || isInMemory : isInMemory && !state.isTheirs;
    if (repairOrAccept({ action, isReload }) === "repair") await repair(parts, action, done);
    else await accept(parts, action, state.isGone ? REMOVED_BY_HAND : `${CHANGED_BY_HAND}: ${state.why}`, done);
  }
}

/** On, not about to end, and long enough so that all of the gateway has it. */
async function settledActions(parts: ResponseParts): Promise<Action[]> {
  const now = parts.now();
  const on = await listActionsOn(parts.db, parts.gateway);
  return on.filter(
    (action) =>
      action.status === "applied" &&
      action.vehicle === "admin-api" &&
      (action.expires_at ?? 0) > now + SETTLING_MS &&
      Math.max(action.applied_at ?? 0, action.stage_at ?? 0, action.repaired_at ?? 0) + SETTLING_MS <= now,
  );
}

interface State {
  /** Nothing of what it created is there any more. */
  isGone: boolean;
  /** Something that it created is, changed. */
  isTheirs: boolean;
  why: string;
}

/** Null when it is in force. */
async function stateOf(parts: ResponseParts, driver: GatewayDriver, action: Action): Promise<State | null> {
  const why = await ACTION_KINDS[action.type].verify(action, parts);
  if (why === null) return null;
  const created = createdBy(action);
  for (const { type, id } of created) {
    const entity = await driver.get(type, id);
    if (entity === null) continue;
    return { isGone: false, isTheirs: true, why: isOurs(entity.tags) ? why : "somebody made it theirs" };
  }
  return { isGone: created.length > 0, isTheirs: false, why };
}

async function repair(parts: ResponseParts, action: Action, done: Reconciled): Promise<void> {
  if ((await parts.mayAct("start")) !== null) return;
  await ACTION_KINDS[action.type].apply(inStage(action, action.stage ?? "full", isProbing(action)), parts);
  const at = parts.now();
  await parts.db.transaction().execute(async (transaction) => {
    if (!(await updateAction(transaction, action.id, { repaired_at: at }, ["applied"]))) return;
    await appendIncidentLog(transaction, {
      incident_id: action.incident_id,
      at,
      kind: "action",
      text: `${action.type} ${JSON.stringify(action.target)} put back: the gateway had lost it`,
      data: { action: action.id },
    });
  });
  done.repaired.push(action.id);
}

async function accept(parts: ResponseParts, action: Action, why: string, done: Reconciled): Promise<void> {
  if (!(await acceptRemoval(parts, action, why))) return;
  await appendIncidentLog(parts.db, {
    incident_id: action.incident_id,
    at: parts.now(),
    kind: "feedback",
    text: `An operator's word on ${action.type} ${JSON.stringify(action.target)}: ${why}`,
    data: { action: action.id, feedback: why.startsWith(CHANGED_BY_HAND) ? "changed" : "removed" },
  });
  done.accepted.push(action.id);
}

async function removeOrphans(
  parts: ResponseParts,
  driver: GatewayDriver,
  found: readonly Found[],
  done: Reconciled,
): Promise<void> {
  for (const one of found) {
    const why = await orphanOf(parts, one);
    if (why === null) continue;
    const { type, entity } = one;
    const change = { op: "delete", type, id: entity.id, expect: entity } as const;
    if (!(await removeUnlessUsed(parts, driver, change))) continue;
    parts.log.info({ type, id: entity.id, tags: entity.tags }, `removed an orphan: ${why}`);
    done.removed.push(entity.id);
  }
}

/** False where somebody else's entity needs it: neither is removed. */
export async function removeUnlessUsed(parts: ResponseParts, driver: GatewayDriver, change: Change): Promise<boolean> {
  try {
    await driver.apply([change], { mayWrite: () => parts.mayAct("end") });
    return true;
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.code !== "invalid") throw error;
    parts.log.warn({ type: change.type, id: idOfChange(change) }, error.message);
    return false;
  }
}

async function orphanOf(parts: ResponseParts, found: Found): Promise<string | null> {
  const incidentId = incidentOf(found.entity.tags);
  const query = parts.db
    .selectFrom("actions")
    .selectAll()
    .where("incident_id", "=", incidentId ?? "");
  const actions = (await query.execute()).filter(
    (action) =>
      createdBy(action).some(({ type, id }) => type === found.type && id === found.entity.id) || mayCreate(action),
  );
  const incidents = parts.db
    .selectFrom("incidents")
    .select("id")
    .where("id", "=", incidentId ?? "");
  const knows = (await incidents.executeTakeFirst()) !== undefined;
  return whyOrphan(found, actions, knows, parts.now());
}

/** What is being written has not recorded yet what it creates. */
const mayCreate = (action: Action): boolean => action.status === "planned" && action.vehicle === "admin-api";
