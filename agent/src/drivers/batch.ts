import { AdminApiError } from "./admin-error.ts";
import { configurationOf, coversEntity, sameEntity } from "./canonical.ts";
import { idOf } from "./check-changes.ts";
import { collectionOf, nameOf } from "./collections.ts";
import type { AppliedChange, ApplyOptions, Change, Configuration, Entity, EntityType, Planner } from "./gateway.ts";

/** Changes of one caller, who waits for what becomes of them. */
export interface Order {
  changes: readonly Change[] | Planner;
  options: ApplyOptions;
  resolve: (applied: AppliedChange[]) => void;
  reject: (error: unknown) => void;
}

interface PlannedOrder {
  order: Order;
  steps: { change: Change; before: Entity | null; isOld: boolean }[];
}

/** Orders planned one after the other, as few writes as they come to, and whose they are. */
export interface Batch {
  orders: PlannedOrder[];
  changes: Change[];
}

const keyOf = (change: Change): string => `${change.type} ${idOf(change)}`;

/** The configuration as it will be, order by order. */
class Outlook {
  readonly #types = new Map<EntityType, Map<string, Entity>>();
  #lists: Configuration["entities"];

  constructor({ entities }: Configuration) {
    this.#lists = entities;
  }

  entity(change: Change): Entity | null {
    return this.#type(change.type).get(idOf(change)) ?? null;
  }

  configuration(): Configuration {
    return configurationOf({ ...this.#lists });
  }

  make(change: Change): void {
    const entities = this.#type(change.type);
    const there = entities.get(idOf(change));
    if (change.op === "delete") entities.delete(change.id);
    else if (change.op === "create") entities.set(change.entity.id, change.entity);
    else entities.set(change.id, { ...there, ...change.set, id: change.id });
    this.#lists = { ...this.#lists, [change.type]: [...entities.values()] };
  }

  #type(type: EntityType): Map<string, Entity> {
    const known = this.#types.get(type) ?? new Map((this.#lists[type] ?? []).map((entity) => [entity.id, entity]));
    this.#types.set(type, known);
    return known;
  }
}

/** What cannot be planned after those before it is rejected at once, and the others go on. */
export function planBatch(orders: readonly Order[], configuration: Configuration): Batch {
  const outlook = new Outlook(configuration);
  const planned: PlannedOrder[] = [];
  for (const order of orders) {
    try {
      planned.push({ order, steps: planOrder(order, outlook) });
    } catch (error) {
      order.reject(error);
    }
  }
  const all = planned.flatMap(({ steps }) => steps.filter((step) => !step.isOld).map((step) => step.change));
  return { orders: planned, changes: mergeChanges(all) };
}

function planOrder({ changes }: Order, outlook: Outlook): PlannedOrder["steps"] {
  const list = typeof changes === "function" ? changes(outlook.configuration()) : changes;
  const touched = new Set<string>();
  const steps = list.map((change) => {
    const before = outlook.entity(change);
    const isOld = isThere(change, before);
    if (!isOld && !touched.has(keyOf(change))) refuseStale(change, before);
    touched.add(keyOf(change));
    return { change, before: isOld && change.op !== "create" ? change.expect : before, isOld };
  });
  // Only now: what is refused must not be seen by the next.
  for (const { change, isOld } of steps) if (!isOld) outlook.make(change);
  return steps;
}

function isThere(change: Change, there: Entity | null): boolean {
  if (change.op === "delete") return there === null;
  if (there === null || (change.op === "update" && there === change.expect)) return false;
  if (change.op === "create") return coversEntity(there, change.entity);
  return !sameEntity(there, change.expect) && coversEntity(there, { ...change.expect, ...change.set });
}

function refuseStale(change: Change, there: Entity | null): void {
  const isAsExpected =
    change.op === "create" ? there === null : there === change.expect || sameEntity(there, change.expect);
  if (isAsExpected) return;
  const name = nameOf(change.type, change.op === "create" ? change.entity : change.expect);
  throw new AdminApiError("changed", null, `${name} is not what the change was planned on`);
}

/** Several edits of one entity are one, unless they make it refer to something else, which may not be there yet. */
export function mergeChanges(changes: readonly Change[]): Change[] {
  const merged: Change[] = [];
  const open = new Map<string, number>();
  for (const change of changes) {
    const at = open.get(keyOf(change));
    const former = at === undefined ? undefined : merged[at];
    if (change.op === "update" && at !== undefined && former !== undefined && !refers(change)) {
      merged[at] = joined(former, change.set);
      continue;
    }
    if (change.op === "delete") open.delete(keyOf(change));
    else open.set(keyOf(change), merged.length);
    merged.push(change);
  }
  return merged;
}

const refers = (change: Change & { op: "update" }): boolean =>
  Object.keys(change.set).some((field) => field in collectionOf(change.type).references);

function joined(former: Change, set: Record<string, unknown>): Change {
  if (former.op === "create") return { ...former, entity: { ...former.entity, ...set } };
  return former.op === "update" ? { ...former, set: { ...former.set, ...set } } : former;
}

/** Everybody whose change it is has a say, and gets its own images. */
export function optionsOf({ orders }: Batch, keepTurn: () => Promise<void>): ApplyOptions {
  const stepsOf = new Map<string, { order: Order; step: PlannedOrder["steps"][number] }[]>();
  for (const { order, steps } of orders) {
    for (const step of steps) {
      const list = stepsOf.get(keyOf(step.change)) ?? [];
      list.push({ order, step });
      stepsOf.set(keyOf(step.change), list);
    }
  }
  return {
    mayWrite: async () => {
      for (const { order } of orders) {
        const refused = (await order.options.mayWrite?.()) ?? null;
        if (refused !== null) return refused;
      }
      return null;
    },
    keepTurn,
    beforeWrite: async (change) => {
      for (const { order, step } of stepsOf.get(keyOf(change)) ?? []) {
        await order.options.beforeWrite?.(step.change, step.before);
      }
    },
  };
}

/** Tells each caller what became of its changes. */
export function settleBatch({ orders }: Batch, applied: readonly AppliedChange[]): void {
  const written = new Map(applied.map((one) => [keyOf(one.change), one]));
  for (const { order, steps } of orders) {
    order.resolve(
      steps.map(({ change, before }) => {
        const { after, meanwhile } = written.get(keyOf(change)) ?? {};
        return {
          change,
          before: change.op === "create" ? null : before,
          after: change.op === "delete" ? null : (after ?? before),
          ...(meanwhile && { meanwhile }),
        };
      }),
    );
  }
}
