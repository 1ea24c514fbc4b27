import { setTimeout as pause } from "node:timers/promises";
import type { Sleep } from "./admin-client.ts";
import { AdminApiError, isOvertaken, leavesOpen } from "./admin-error.ts";
import { coversEntity, sameEntity } from "./canonical.ts";
import { checkChanges, Draft, idOf, isDone, type Rules, refuseChanged, wantedOf } from "./check-changes.ts";
import { nameOf } from "./collections.ts";
import type { EntityAccess } from "./entity-access.ts";
import type { AppliedChange, ApplyOptions, Change, Entity } from "./gateway.ts";
import { editedBeside, hasPart, type Part, partOf } from "./part.ts";
import type { PropagationWatch } from "./propagation.ts";

export interface Patience {
  /** Writes of one change, when the gateway leaves open whether it did them. */
  tries: number;
  backoff_ms: number;
  sleep?: Sleep;
}

/** One change under way; entities with their secrets. */
interface Step {
  change: Change;
  before: Entity | null;
  wanted: Entity | null;
  /** What is written of it; null where it is written whole. */
  part: Part | null;
  /** Undefined while nobody knows whether it was written. */
  after?: Entity | null;
  /** It was there already. */
  isOld: boolean;
}

/** For gateways that take one entity at a time. */
export async function applyChanges(
  rules: Rules,
  changes: readonly Change[],
  options: ApplyOptions,
  patience: Patience,
  watch: Pick<PropagationWatch, "mark" | "wrote">,
): Promise<AppliedChange[]> {
  const draft = new Draft(rules.access);
  await checkChanges(rules, changes, draft);
  const steps: Step[] = [];
  let isWriting = false;
  try {
    for (const change of changes) {
      const step = await prepare(rules, change, steps, draft);
      if (!step.isOld) {
        await askFor(options, rules, step);
        if (!isWriting) await watch.mark();
        isWriting = true;
      }
      steps.push(step);
      if (step.isOld) continue;
      step.after = await write(rules, step, patience, options);
      refuseOther(step);
    }
  } catch (error) {
    // Whoever writes to this gateway now finds what was recorded, and goes on from there.
    if (!isOvertaken(error)) await takeBack(rules, steps, { patience, options, cause: error });
    throw error;
  }
  const written = steps.filter(({ isOld }) => !isOld).map((step) => appliedOf(rules, step));
  if (isWriting) watch.wrote(written);
  return steps.map((step) => appliedOf(rules, step));
}

/** Compares what is there right now with what the change expects. */
async function prepare(rules: Rules, change: Change, steps: readonly Step[], draft: Draft): Promise<Step> {
  const id = idOf(change);
  const there = await rules.access.get(change.type, id, change.op === "create" ? change.entity : change.expect);
  const earlier = steps.findLast((step) => step.change.type === change.type && idOf(step.change) === id);
  if (isDone(rules, change, there))
    return { change, before: there, wanted: there, part: null, after: there, isOld: true };
  if (earlier === undefined) refuseChanged(rules, change, there);
  else if (!sameEntity(there, earlier.after ?? null)) {
    throw new AdminApiError("changed", null, `${nameOf(change.type, { id })} was edited between two changes of it`);
  }
  const present = change.op === "delete" ? [] : [...(await draft.all(change.type)).values()];
  const wanted = wantedOf(rules, change, there, present);
  const part = rules.access.patch === undefined ? null : partOf(change, there, wanted);
  return { change, before: there, wanted, part, isOld: false };
}

async function refuseStopped({ mayWrite }: ApplyOptions): Promise<void> {
  const refused = (await mayWrite?.()) ?? null;
  if (refused !== null) throw new AdminApiError("stopped", null, refused);
}

async function askFor(options: ApplyOptions, { sealer }: Rules, step: Step): Promise<void> {
  await refuseStopped(options);
  await options.beforeWrite?.(step.change, step.before === null ? null : sealer.seal(step.change.type, step.before));
}

/** Writes until the gateway says or shows that it is done. What it refuses was not done. */
async function write({ access }: Rules, step: Step, patience: Patience, options: ApplyOptions): Promise<Entity | null> {
  const { type } = step.change;
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) await refuseStopped(options);
    await options.keepTurn?.();
    try {
      return await writeOnce(access, step);
    } catch (error) {
      if (!leavesOpen(error)) {
        step.after = step.before;
        throw error;
      }
      const there = await access.get(type, idOf(step.change), step.wanted ?? step.before ?? undefined);
      if (isAsWanted(there, step)) return there;
      if (!isAsBefore(there, step)) {
        if (!isIn(there, step)) step.after = step.before;
        throw new AdminApiError("changed", null, `${nameOf(type, { id: idOf(step.change) })} was edited meanwhile`);
      }
      if (attempt >= patience.tries) throw error;
      await pauseAfter(error, attempt, patience);
    }
  }
}

async function writeOnce(
  access: EntityAccess,
  { change: { type }, before, wanted, part }: Step,
): Promise<Entity | null> {
  if (wanted === null) {
    await access.remove(type, before as Entity);
    return null;
  }
  return part !== null && access.patch ? access.patch(type, wanted, part.after) : access.put(type, wanted);
}

/** The answer has what is on the gateway now. */
function refuseOther(step: Step): void {
  if (step.part === null || isAsWanted(step.after ?? null, step)) return;
  const name = nameOf(step.change.type, { id: idOf(step.change) });
  throw new AdminApiError("invalid", null, `${name} became something else than what was written to it`);
}

function isAsWanted(there: Entity | null, { wanted, part }: Step): boolean {
  if (part !== null) return hasPart(there, part.after);
  return wanted === null ? there === null : there !== null && coversEntity(there, wanted);
}

const isAsBefore = (there: Entity | null, { before, part }: Step): boolean =>
  part === null ? sameEntity(there, before) : hasPart(there, part.before);

/** Somebody edited what we had written already, as far as can be seen. */
function isIn(there: Entity | null, { change, wanted }: Step): boolean {
  if (there === null || wanted === null) return false;
  if (change.op !== "update") return true;
  return coversEntity(there, Object.fromEntries(Object.keys(change.set).map((field) => [field, wanted[field]])));
}

const pauseAfter = (error: AdminApiError, attempt: number, { backoff_ms, sleep = pause }: Patience) =>
  sleep(Math.min(10_000, Math.max(error.retry_after_ms ?? 0, backoff_ms * 2 ** (attempt - 1))));

function appliedOf({ sealer }: Rules, { change, before, after, part, isOld }: Step): AppliedChange {
  const sealed = (entity: Entity | null | undefined) => (entity ? sealer.seal(change.type, entity) : null);
  if (!isOld) {
    const meanwhile = part && before && after ? editedBeside(part, before, after) : [];
    return { change, before: sealed(before), after: sealed(after), ...(meanwhile.length > 0 && { meanwhile }) };
  }
  return { change, before: change.op === "create" ? null : change.expect, after: sealed(after) };
}

interface TakingBack {
  patience: Patience;
  options: ApplyOptions;
}

/** In reverse order. Throws `partial` when something is left; then nobody but an operator can tell what is right. */
async function takeBack(
  rules: Rules,
  steps: readonly Step[],
  { cause, ...how }: TakingBack & { cause: unknown },
): Promise<void> {
  const left: string[] = [];
  for (const step of [...steps].reverse()) {
    if (step.isOld || sameAs(step)) continue;
    const why = await takeBackOne(rules, step, how);
    if (why !== null) left.push(why);
  }
  if (left.length === 0) return;
  const message = `${(cause as Error).message}; and what was written could not be taken back: ${left.join("; ")}`;
  throw new AdminApiError("partial", null, message.slice(0, 1_000), { left });
}

/** Known not to have been written. */
const sameAs = (step: Step): boolean => step.after !== undefined && sameEntity(step.after, step.before);

async function takeBackOne({ access }: Rules, step: Step, { patience, options }: TakingBack): Promise<string | null> {
  const { type } = step.change;
  const name = nameOf(type, step.before ?? step.wanted ?? { id: idOf(step.change) });
  const repair = step.before === null ? `remove ${name}` : `put ${name} back as it was`;
  for (let attempt = 1; ; attempt++) {
    try {
      const there = await access.get(type, idOf(step.change), step.wanted ?? step.before ?? undefined);
      // A write of which nobody knows may still arrive: the inverse is written all the same.
      const isUnknown = step.after === undefined;
      if (isAsBefore(there, step) && !isUnknown) return null;
      const ours = isAsLeft(there, step) || (isUnknown && isAsBefore(there, step));
      if (!ours) return `${name} was edited by somebody else meanwhile: look at it, then ${repair}`;
      await options.keepTurn?.();
      if (step.before === null) await access.remove(type, there ?? (step.wanted as Entity));
      else if (step.part !== null && access.patch) await access.patch(type, step.before, step.part.before);
      else await access.put(type, step.before);
      return null;
    } catch (error) {
      if (isOvertaken(error)) throw error;
      if (!leavesOpen(error) || attempt >= patience.tries * 3) return `${repair} (${(error as Error).message})`;
      await pauseAfter(error, attempt, patience);
    }
  }
}

/** As this step left it, or may have; of what is written in part only that part counts. */
function isAsLeft(there: Entity | null, step: Step): boolean {
  if (step.after !== undefined && sameEntity(there, step.after)) return true;
  return (step.part !== null || step.after === undefined) && isAsWanted(there, step);
}
