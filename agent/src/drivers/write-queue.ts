import { setTimeout as pause } from "node:timers/promises";
import { AdminApiError } from "./admin-error.ts";
import { type Batch, type Order, optionsOf, planBatch, settleBatch } from "./batch.ts";
import type { AppliedChange, EntityType, GatewayDriver } from "./gateway.ts";
import type { WriterLease } from "./writer-lease.ts";

export interface QueueOptions {
  /** At most one batch of writes in this time, after a first one at once. */
  interval_ms?: number;
  /** Without one, nobody else writes to this gateway. */
  lease?: WriterLease;
  now?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}

const INTERVAL_MS = 5_000;
/** Well within the time of a lease. */
const BEAT_MS = 2_000;

/**
 * The same driver, but changes wait for their turn and go together: whoever comes within the interval is planned one after the
 * other and written as one. When that fails, halves are tried, so that one bad order does not take the others with it.
 */
export function queueWrites<Driver extends GatewayDriver>(driver: Driver, options: QueueOptions = {}): Driver {
  const { interval_ms = INTERVAL_MS, lease, now = Date.now, sleep = pause } = options;
  let waiting: Order[] = [];
  let isRunning = false;
  let next_at = 0;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      await sleep(Math.max(0, next_at - now()));
      const orders = waiting;
      waiting = [];
      const started_at = now();
      // What wrote nothing keeps nobody waiting.
      if (await write(driver, orders, lease)) next_at = started_at + interval_ms;
      await lease?.release(Math.max(0, next_at - now())).catch(() => undefined);
    }
    isRunning = false;
  }

  return {
    ...driver,
    apply: (changes, applyOptions = {}) =>
      new Promise<AppliedChange[]>((resolve, reject) => {
        waiting.push({ changes, options: applyOptions, resolve, reject });
        if (!isRunning) void run();
      }),
  };
}

/** Tells whether it came to a write. */
async function write(driver: GatewayDriver, orders: Order[], lease: WriterLease | undefined): Promise<boolean> {
  let isWriting = false;
  const keepTurn = async () => {
    await lease?.keep();
    isWriting = true;
  };
  let beat: NodeJS.Timeout | undefined;
  try {
    await lease?.acquire();
    // Reading a large configuration takes longer than a turn. Whether it was lost is seen at the next write.
    if (lease) beat = setInterval(() => void lease.keep().catch(() => undefined), BEAT_MS);
    await writeTogether(driver, orders, keepTurn);
  } catch (error) {
    // Those that were settled already do not hear it.
    for (const order of orders) order.reject(error);
  } finally {
    clearInterval(beat);
  }
  return isWriting;
}

async function writeOne(
  driver: GatewayDriver,
  { changes, options, resolve, reject }: Order,
  keepTurn: () => Promise<void>,
): Promise<void> {
  await driver.apply(changes, { ...options, keepTurn }).then(resolve, reject);
}

async function writeTogether(
  driver: GatewayDriver,
  orders: readonly Order[],
  keepTurn: () => Promise<void>,
): Promise<void> {
  if (orders.length === 1) return writeOne(driver, orders[0] as Order, keepTurn);
  const batch: Batch = planBatch(orders, await driver.read(readsOf(orders)));
  try {
    settleBatch(batch, await driver.apply(batch.changes, optionsOf(batch, keepTurn)));
  } catch (error) {
    const left = batch.orders.map(({ order }) => order);
    if (left.length <= 1 || isHopeless(error)) {
      for (const order of left) order.reject(error);
      return;
    }
    const half = Math.ceil(left.length / 2);
    await writeTogether(driver, left.slice(0, half), keepTurn);
    await writeTogether(driver, left.slice(half), keepTurn);
  }
}

/** What changes are about is looked up as well as what planners look at. */
function readsOf(orders: readonly Order[]): EntityType[] | undefined {
  const types = new Set<EntityType>();
  for (const { changes, options } of orders) {
    if (typeof changes === "function" && options.reads === undefined) return undefined;
    for (const type of typeof changes === "function" ? (options.reads ?? []) : changes.map((change) => change.type))
      types.add(type);
  }
  return [...types];
}

/** Nobody's order alone can be the reason, or what is on the gateway is not known. */
const isHopeless = (error: unknown): boolean =>
  error instanceof AdminApiError && (error.retryable || error.code === "partial" || error.code === "unauthorized");
