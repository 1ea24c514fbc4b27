import { approvedAction } from "../approvals/read.ts";
import { AdminApiError, type AdminErrorCode } from "../drivers/admin-error.ts";
import { idOfChange, recordInto } from "../drivers/before-images.ts";
import {
  type AppliedChange,
  type Change,
  type Configuration,
  type Entity,
  type GatewayDriver,
  TRAFFIC_TYPES,
} from "../drivers/gateway.ts";
import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident, updateAction } from "../store/actions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { type ActionKind, ActionRefused, type Applied } from "./action-kind.ts";
import { lost, same } from "./entities.ts";
import { foresee, whyOtherwise } from "./foresee.ts";
import { belongsTo } from "./own-plugin.ts";
import { type Edit, valueAt } from "./restore-tag.ts";
import { editsOf, takeBack } from "./take-back.ts";

type Declaration = Omit<ActionKind, "needs" | "apply" | "undo" | "verify"> & Required<Pick<ActionKind, "changes">>;

/**
 * An action that is nothing but changes of entities. What is about to be written is recorded with its before-image first; undoing
 * takes back what is still as it was written, and says what somebody changed meanwhile.
 */
export function entityAction(declared: Declaration): ActionKind {
  return {
    ...declared,
    needs: "admin-api",
    apply: (action, parts) => apply(declared, action, parts),
    undo: (action, parts) => undo(action, parts),
    verify: (action, parts) => verify(action, parts),
  };
}

async function usableDriver({ driver }: ResponseParts, plugin: string | undefined): Promise<GatewayDriver> {
  if (driver === null) throw new ActionRefused("no Admin API is configured (KONG_ADMIN_URL)");
  const { writable, database, plugins } = await driver.probe();
  if (!writable) throw new ActionRefused(`the gateway takes no entities (database: ${database}); decisions still work`);
  if (plugin !== undefined && plugins.length > 0 && !plugins.includes(plugin))
    throw new ActionRefused(`the gateway does not have the plugin ${plugin}`);
  return driver;
}

async function findConsumer(driver: GatewayDriver, { target: { consumer_id, value } }: Action): Promise<void> {
  const id = consumer_id ?? value;
  if (id === undefined || (await driver.get("consumers", id)) === null) throw lost("consumers", id);
}

async function apply(declared: Declaration, action: Action, parts: ResponseParts): Promise<Applied> {
  const driver = await usableDriver(parts, declared.plugin);
  if (declared.risk === "consumer") await findConsumer(driver, action);
  let recorded = action.changes ?? [];
  const keep = async (one: AppliedChange) => {
    recorded = recordInto(recorded, one);
    await updateAction(parts.db, action.id, { changes: recorded });
  };
  const approved = await approvedUntouched(action, parts);
  const plan = (configuration: Configuration) => {
    const source = { gateway: parts.gateway, incident_id: action.incident_id, configuration };
    const why = approved?.writes && whyOtherwise(approved.writes, foresee(declared, approved, source));
    if (why) throw new ActionRefused(`${why} since it was approved; if the incident goes on, it is asked for again`);
    return declared.changes(action, configuration, parts.gateway);
  };
  const applied = await whilePlansAgeFast(() =>
    driver.apply(plan, {
      reads: TRAFFIC_TYPES,
      mayWrite: () => parts.mayAct("start"),
      beforeWrite: (change, before) => keep({ change, before, after: null }),
    }),
  );
  for (const one of applied) await keep(one);
  await noteEdited(action, parts, applied);
  if (applied.length > 0) await awaitForce(driver, action, parts);
  const first = recorded[0];
  const entity_id = first === undefined ? null : idOfChange(first.change);
  return { entity_id, before_image: first?.before ?? null, changes: recorded };
}

/** What was agreed to, as long as nothing of its plan is on the gateway, which would look like somebody's edit. */
async function approvedUntouched(action: Action, { db }: ResponseParts) {
  const approved = await approvedAction(db, action);
  if (approved === null) return null;
  const plan = (await actionsOfIncident(db, action.incident_id)).filter((one) => one.plan_hash === action.plan_hash);
  return plan.some(({ changes }) => changes !== null && changes.length > 0) ? null : approved;
}

const PROPAGATION_MS = 15_000;

/**
 * It counts as applied when every data plane has it; one that does not follow is told, and does not stop the others. Nor does a gateway that
 * cannot be asked: what was written is written.
 */
async function awaitForce(driver: GatewayDriver, action: Action, parts: ResponseParts): Promise<void> {
  const unknown = (error: Error) => ({ reached: false, detail: error.message });
  const { reached, detail } = await driver.awaitPropagation({ deadline_ms: PROPAGATION_MS }).catch(unknown);
  if (reached) return;
  const entry = { incident_id: action.incident_id, at: parts.now(), kind: "action", data: { action: action.id } };
  await appendIncidentLog(parts.db, { ...entry, text: `not in force everywhere yet: ${detail}` });
}

const TRIES = 3;
/** Nothing was changed, and asking the same again would not help. */
const REFUSALS: readonly AdminErrorCode[] = ["conflict", "changed", "managed", "stopped"];

/** Plans again when somebody wrote between reading and writing. */
async function whilePlansAgeFast<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AdminApiError) || !REFUSALS.includes(error.code)) throw error;
      const isRace = error.code === "conflict" || error.code === "changed";
      if (isRace && left > 0) continue;
      const why = isRace ? "somebody else kept changing it meanwhile" : error.remedy;
      throw new ActionRefused(`${error.message} (${why})`);
    }
  }
}

async function undo(action: Action, parts: ResponseParts): Promise<void> {
  if (action.changes === null || action.changes.length === 0) return;
  if (parts.driver === null) throw new ActionRefused("no Admin API is configured");
  let left: string[] = [];
  const plan = (configuration: Configuration) => {
    const taken = takeBack(action, configuration);
    left = taken.left;
    return taken.changes;
  };
  const { driver } = parts;
  const applied = await whilePlansAgeFast(() =>
    driver.apply(plan, { reads: TRAFFIC_TYPES, mayWrite: () => parts.mayAct("end") }),
  );
  await noteEdited(action, parts, applied);
  for (const text of left) await noteLeft(action, parts, text);
}

async function noteLeft(action: Action, parts: ResponseParts, text: string): Promise<void> {
  parts.log.warn({ action: action.id, left: text }, "not taken back");
  await appendIncidentLog(parts.db, {
    incident_id: action.incident_id,
    at: parts.now(),
    kind: "action",
    text: `${action.type}: ${text}`.slice(0, 1_000),
    data: { action: action.id },
  });
}

/** What somebody edited in the same moment stays; that they did is an operator's word. */
async function noteEdited(action: Action, parts: ResponseParts, applied: readonly AppliedChange[]): Promise<void> {
  for (const { change, meanwhile } of applied) {
    if (meanwhile === undefined) continue;
    const what = `${meanwhile.join(", ")} of ${change.type} ${idOfChange(change)}`;
    await appendIncidentLog(parts.db, {
      incident_id: action.incident_id,
      at: parts.now(),
      kind: "feedback",
      text: `An operator changed ${what} while ${action.type} was written; it stays as they left it`.slice(0, 1_000),
      data: { action: action.id, feedback: "edited", fields: meanwhile },
    });
  }
}

async function verify(action: Action, { driver }: ResponseParts): Promise<string | null> {
  if (driver === null) return "no Admin API is configured";
  for (const { change } of lastOfEach(action.changes ?? [])) {
    if (change.op === "delete") continue;
    const there = await driver.get(change.type, idOfChange(change));
    const problem =
      there === null ? `the ${singular(change.type)} is not there any more` : whyNotInForce(action, change, there);
    if (problem !== null) return problem;
  }
  return null;
}

/** An entity that was created and updated later is to be as it was updated. */
function lastOfEach(changes: readonly AppliedChange[]): AppliedChange[] {
  return changes.filter(
    (one, i) => !changes.slice(i + 1).some((later) => idOfChange(later.change) === idOfChange(one.change)),
  );
}

const singular = (type: string): string => type.replace(/s$/, "");

function whyNotInForce(action: Action, change: Exclude<Change, { op: "delete" }>, there: Entity): string | null {
  const name = singular(change.type);
  if (change.op === "create") {
    if (!belongsTo(there, action)) return `the ${name} is no longer the agent's`;
    if (there.enabled === false) return `somebody disabled the ${name}`;
  }
  const edits = change.op === "create" ? fieldsOf(change) : editsOf(change);
  const differs = edits.find(([path, , value]) => path[0] !== "tags" && !covers(valueAt(there, path), value));
  return differs === undefined ? null : `somebody changed ${differs[0].join(".")} of the ${name}`;
}

/** Of a plugin, what it does; of a route, all that makes it match. */
const fieldsOf = ({ type, entity }: Change & { op: "create" }): Edit[] =>
  Object.entries(type === "plugins" ? { config: entity.config } : entity).map(([name, value]) => [[name], null, value]);

/** What was set is there, whatever Kong filled in besides. */
function covers(there: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return same(there, wanted);
  return Object.entries(wanted).every(([name, value]) =>
    covers((there as Record<string, unknown> | null)?.[name], value),
  );
}
