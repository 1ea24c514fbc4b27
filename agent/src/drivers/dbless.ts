import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type DriverOptions, PATIENCE, readAll, sealedReads, sealerOf } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { AdminApiError, leavesOpen } from "./admin-error.ts";
import type { Patience } from "./apply-changes.ts";
import { checkChanges, Draft, idOf, isDone, type Rules } from "./check-changes.ts";
import { type Edit, editDocument } from "./document.ts";
import { createEntityAccess, parse } from "./entity-access.ts";
import type { AppliedChange, ApplyOptions, Change, Entity, GatewayDriver, Planner } from "./gateway.ts";
import { probeAdminApi } from "./probe.ts";
import { type PropagationWatch, until } from "./propagation.ts";

const status = z.looseObject({ configuration_hash: z.string() });
const exported = z.looseObject({ config: z.string() });

/** After the answer, workers still take so long until all serve the new configuration. */
const WORKERS_MS = 250;
const MAX_ROUNDS = 8;

/** The document as it was read, and what it says. */
interface Reading {
  hash: string;
  text: string;
  draft: Draft;
}

interface Step {
  change: Change;
  before: Entity | null;
  isOld: boolean;
}

/**
 * A gateway without a database: its whole configuration is one document, posted at once. All changes of an `apply` are in force or
 * none. Kong has no lock: what somebody else posts within the same moment may be lost, theirs or ours, which is seen by the
 * hash; ours is then made again on top of theirs.
 */
export function createDblessDriver(client: AdminClient, options: DriverOptions = {}): GatewayDriver {
  const { selectTags = [], onAlarm = () => undefined } = options;
  const access = createEntityAccess(client, { isFilteredHere: true });
  const sealer = sealerOf(options);
  const rules: Rules = { access, sealer, selectTags, isDocument: true };
  const watch = watchHash(client, options);
  const world = { client, rules, watch, onAlarm, patience: options.patience ?? PATIENCE };
  return {
    probe: async () => {
      const capabilities = await probeAdminApi(client);
      return { ...capabilities, writable: capabilities.kind === "dbless" };
    },
    read: (types) => readAll(access, sealer, types),
    ...sealedReads(access, sealer),
    apply: (changes, applyOptions = {}) => apply(world, changes, applyOptions),
    dataPlanes: async () => [{ name: "node", hash: await hashNow(client) }],
    awaitPropagation: watch.wait,
  };
}

interface World {
  client: AdminClient;
  rules: Rules;
  watch: Pick<PropagationWatch, "wait"> & { posted: (before: string) => void };
  onAlarm: (detail: string) => void;
  patience: Patience;
}

async function apply(
  world: World,
  planned: readonly Change[] | Planner,
  options: ApplyOptions,
): Promise<AppliedChange[]> {
  let first: Step[] | null = null;
  let problem: unknown;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    if (round > 1) await pauseAfter(problem, round, world.patience);
    const reading = await (first === null ? readDocument(world) : afterPosting(readDocument(world)));
    if (reading === null) continue;
    const changes =
      typeof planned === "function"
        ? planned(await readAll(world.rules.access, world.rules.sealer, options.reads))
        : planned;
    const steps = await stepsOf(world.rules, changes, reading.draft);
    // Made in an earlier round, whose images count.
    if (first !== null && steps.every(({ isOld }) => isOld)) return afterPosting(imagesOf(world.rules, first));
    await checkChanges(world.rules, changes, reading.draft);
    if (steps.every(({ isOld }) => isOld)) return imagesOf(world.rules, steps);
    await recordAll(world.rules, options, steps);
    const text = editDocument(reading.text, await editsOf(steps, reading.draft));
    const outcome = await post(world, reading.hash, text, options);
    first ??= steps;
    problem = outcome.problem;
    if (outcome.isOurs) return afterPosting(imagesOf(world.rules, steps));
  }
  throw problem instanceof AdminApiError
    ? problem
    : new AdminApiError("busy", null, "others keep changing the configuration in the same moments");
}

/** Whoever cannot be asked has not refused what was posted: the same is to be tried again, and may be found done. */
const afterPosting = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof AdminApiError) || error.retryable) throw error;
    throw new AdminApiError("broken", error.status, error.message);
  });

function pauseAfter(problem: unknown, round: number, { backoff_ms, sleep = pause }: Patience): Promise<unknown> {
  const asked_ms = (problem instanceof AdminApiError && problem.retry_after_ms) || 0;
  return sleep(Math.min(10_000, Math.max(asked_ms, backoff_ms * 2 ** (round - 2))));
}

/** Null when it was changed while it was read. */
async function readDocument({ client, rules }: World): Promise<Reading | null> {
  const hash = await hashNow(client);
  const { config: text } = parse(exported, await client.request("GET", "/config"));
  const draft = new Draft(rules.access);
  return (await hashNow(client)) === hash ? { hash, text, draft } : null;
}

const hashNow = async (client: AdminClient): Promise<string> =>
  parse(status, await client.request("GET", "/status")).configuration_hash;

async function stepsOf(rules: Rules, changes: readonly Change[], draft: Draft): Promise<Step[]> {
  const steps: Step[] = [];
  for (const change of changes) {
    const before = (await draft.all(change.type)).get(idOf(change)) ?? null;
    steps.push({ change, before, isOld: isDone(rules, change, before) });
  }
  return steps;
}

async function recordAll({ sealer }: Rules, { beforeWrite }: ApplyOptions, steps: readonly Step[]): Promise<void> {
  for (const { change, before, isOld } of steps) {
    if (!isOld) await beforeWrite?.(change, before === null ? null : sealer.seal(change.type, before));
  }
}

/** The draft holds by now what is wanted, each entity as the last of its changes leaves it. */
async function editsOf(steps: readonly Step[], draft: Draft): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (const { change, before, isOld } of steps) {
    if (isOld) continue;
    const id = idOf(change);
    const wanted = (await draft.all(change.type)).get(id) ?? null;
    const isThere = before !== null && change.op === "update";
    edits.push({ type: change.type, id, wanted, ...(isThere && { fields: Object.keys(change.set) }) });
  }
  return edits;
}

/** Posts it if the configuration is still the one that was read, and says whether it is in force now. */
async function post(
  { client, watch, onAlarm }: World,
  before: string,
  text: string,
  { mayWrite, keepTurn }: ApplyOptions,
): Promise<{ isOurs: boolean; problem?: unknown }> {
  if ((await hashNow(client)) !== before) return { isOurs: false };
  const refused = (await mayWrite?.()) ?? null;
  if (refused !== null) throw new AdminApiError("stopped", null, refused);
  await keepTurn?.();
  const hash = createHash("md5").update(text).digest("hex");
  let problem: unknown;
  try {
    await client.request("POST", "/config", { config: text }, 0);
  } catch (error) {
    if (!leavesOpen(error)) throw error;
    problem = error;
  }
  const now = await afterPosting(hashNow(client));
  if (now === hash) {
    watch.posted(before);
    return { isOurs: true };
  }
  if (now !== before) onAlarm("somebody else posted a configuration in the same moment; one of the two may be lost");
  return { isOurs: false, problem };
}

async function imagesOf({ access, sealer }: Rules, steps: readonly Step[]): Promise<AppliedChange[]> {
  const images: AppliedChange[] = [];
  for (const { change, before, isOld } of steps) {
    const { type } = change;
    const after = change.op === "delete" ? null : await access.get(type, idOf(change), before ?? undefined);
    const was = isOld ? (change.op === "create" ? null : change.expect) : before && sealer.seal(type, before);
    images.push({ change, before: was, after: after && sealer.seal(type, after) });
  }
  return images;
}

/** The node's hash says what was taken in; its workers follow. */
function watchHash(client: AdminClient, { onAlarm = () => undefined, look_every_ms = 100 }: DriverOptions) {
  let former: string | null = null;
  return {
    posted: (before: string) => {
      former = before;
    },
    wait: async ({ deadline_ms = 30_000, probe }: { deadline_ms?: number; probe?: () => Promise<boolean> } = {}) => {
      if (former === null) return { reached: true, detail: "nothing was written" };
      const reached = await until(deadline_ms, look_every_ms, async () => (await hashNow(client)) !== former);
      await pause(Math.min(WORKERS_MS, deadline_ms));
      if (reached && (probe === undefined || (await until(deadline_ms, look_every_ms, probe)))) {
        return { reached: true, detail: "the node has the document, and its workers had time to take it" };
      }
      const detail = "the node runs on the configuration from before; it was reloaded, or somebody put that one back";
      onAlarm(detail);
      return { reached: false, detail };
    },
  };
}
