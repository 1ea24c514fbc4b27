import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { AdminClient } from "./admin-client.ts";
import { parse } from "./entity-access.ts";
import type { AppliedChange, DataPlane, Propagation, PropagationOptions } from "./gateway.ts";

export type AlarmListener = (detail: string) => void;

/** How a kind of gateway tells that a write has arrived. */
export interface PropagationWatch {
  /** Before anything is read for the next batch: what was written before it has arrived, or had its time. */
  settle: () => Promise<void>;
  /** Right before the first write of a batch. */
  mark: () => Promise<void>;
  /** After the last one. */
  wrote: (applied: readonly AppliedChange[]) => void;
  wait: (options?: PropagationOptions) => Promise<Propagation>;
}

const DEADLINE_MS = 30_000;
/** A control plane pushes at most every five seconds, by default. */
const SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 250;
/** Data planes report every 30 s; twice without a word is gone. */
const GONE_AFTER_S = 90;

const dataPlanes = z.looseObject({
  data: z
    .array(
      z.looseObject({
        id: z.string(),
        hostname: z.string().nullish(),
        last_seen: z.number().nullish(),
        config_hash: z.string().nullish(),
      }),
    )
    .or(z.object({})),
});

export async function listDataPlanes(client: AdminClient, now: () => number): Promise<DataPlane[]> {
  const { data } = parse(dataPlanes, await client.request("GET", "/clustering/data-planes?size=1000"));
  const alive = (Array.isArray(data) ? data : []).filter((one) => (one.last_seen ?? 0) >= now() / 1000 - GONE_AFTER_S);
  return alive.map(({ id, hostname, config_hash }) => ({ name: hostname ?? id, hash: config_hash ?? "" }));
}

export interface HashWatchOptions {
  alarm: AlarmListener;
  /** Whether data planes get anything of it at all. */
  isSeen: (applied: readonly AppliedChange[]) => Promise<boolean>;
  look_every_ms?: number | undefined;
  settle_ms?: number | undefined;
}

/** Of one batch: what each data plane ran on before it. */
interface Mark {
  hashes: Map<string, string>;
  /** Unknown while it is written, and after it failed. */
  applied: readonly AppliedChange[] | null;
  hasArrived: boolean;
  isGivenUp: boolean;
}

/**
 * The hash at the control plane changes right after the data plane enforces what it got. Data planes that came meanwhile have the
 * new configuration, since they got it whole; those that went are not waited for. A hash does not say which writes are in it, so each
 * batch waits for the one before: else its move would be taken for that of the next, and what is taken back at once would seem never to arrive.
 */
export function watchHashes(
  list: () => Promise<DataPlane[]>,
  { alarm, isSeen, look_every_ms = LOOK_EVERY_MS, settle_ms = SETTLE_MS }: HashWatchOptions,
): PropagationWatch {
  let last: Mark | null = null;
  const arrival = async (mark: Mark, deadline_ms: number) => {
    let stale: string[] = [];
    let all = 0;
    if (mark.applied !== null && !(await isSeen(mark.applied)))
      return { reached: true, detail: "data planes are not sent what is disabled" };
    const reached = await until(deadline_ms, look_every_ms, async () => {
      const planes = await list();
      all = planes.length;
      // Once seen there it has arrived, also where the next batch has put the former hash back.
      if (mark.hasArrived) return true;
      stale = planes.filter(({ name, hash }) => mark.hashes.get(name) === hash).map(({ name }) => name);
      return stale.length === 0;
    });
    mark.hasArrived ||= reached;
    const detail = all === 0 ? "no data plane is connected" : `${all} data planes have it`;
    return reached ? { reached, detail } : { reached, detail: behind(stale, all) };
  };
  return {
    settle: async () => {
      // What failed was taken back, and may never show; who has not followed in time is told of elsewhere, and keeps no further write waiting.
      if (settle_ms === 0 || last === null || last.applied === null || last.hasArrived || last.isGivenUp) return;
      last.isGivenUp = !(await arrival(last, settle_ms)).reached;
    },
    mark: async () => {
      const hashes = new Map((await list()).map(({ name, hash }) => [name, hash]));
      last = { hashes, applied: null, hasArrived: false, isGivenUp: false };
    },
    wrote: (applied) => {
      if (last !== null) last.applied = applied;
    },
    wait: async ({ deadline_ms = DEADLINE_MS } = {}) => {
      if (last === null) return { reached: true, detail: "nothing was written" };
      const found = await arrival(last, deadline_ms);
      if (!found.reached) alarm(found.detail);
      return found;
    },
  };
}

const behind = (stale: readonly string[], all: number): string =>
  `${stale.length} of ${all} data planes still run on the former configuration: ${stale.slice(0, 10).join(", ")}`;

/** Nodes with a common database look into it every so often, and tell nobody when they did. */
export function watchDelay(
  delay_ms: () => Promise<number>,
  alarm: AlarmListener,
  look_every_ms = LOOK_EVERY_MS,
): PropagationWatch {
  let written_at: number | null = null;
  return {
    settle: async () => undefined,
    mark: async () => {
      written_at = Date.now();
    },
    wrote: () => undefined,
    wait: async ({ deadline_ms = DEADLINE_MS, probe } = {}) => {
      if (written_at === null) return { reached: true, detail: "nothing was written" };
      if (probe !== undefined) {
        const reached = await until(deadline_ms, look_every_ms, probe);
        if (reached) return { reached, detail: "seen to be in force" };
        const detail = `not seen to be in force within ${deadline_ms} ms`;
        alarm(detail);
        return { reached, detail };
      }
      const delay = await delay_ms();
      const rest = Math.max(0, written_at + delay - Date.now());
      await sleep(Math.min(rest, deadline_ms));
      const detail = `${delay} ms after the write, when every node has looked into the database`;
      return rest <= deadline_ms
        ? { reached: true, detail }
        : { reached: false, detail: `nodes may take until ${detail}` };
    },
  };
}

/** True as soon as `look` is, false after the deadline. It is looked at least once. */
export async function until(deadline_ms: number, every_ms: number, look: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + deadline_ms;
  for (;;) {
    if (await look()) return true;
    if (Date.now() + every_ms > end) return false;
    await sleep(every_ms);
  }
}
