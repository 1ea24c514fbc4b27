import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { AdminClient } from "./admin-client.ts";
import { parse } from "./entity-access.ts";
import type { DataPlane, Propagation, PropagationOptions } from "./gateway.ts";

export type AlarmListener = (detail: string) => void;

/** How a kind of gateway tells that a write has arrived. */
export interface PropagationWatch {
  /** Right before the first write of a batch. */
  mark: () => Promise<void>;
  wait: (options?: PropagationOptions) => Promise<Propagation>;
}

const DEADLINE_MS = 30_000;
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

/**
 * The hash at the control plane changes right after the data plane enforces what it got. Data planes that came meanwhile have the
 * new configuration, since they got it whole; those that went are not waited for.
 */
export function watchHashes(
  list: () => Promise<DataPlane[]>,
  alarm: AlarmListener,
  look_every_ms = LOOK_EVERY_MS,
): PropagationWatch {
  let before: Map<string, string> | null = null;
  return {
    mark: async () => {
      before = new Map((await list()).map(({ name, hash }) => [name, hash]));
    },
    wait: async ({ deadline_ms = DEADLINE_MS } = {}) => {
      const marked = before;
      if (marked === null) return { reached: true, detail: "nothing was written" };
      let stale: string[] = [];
      let all = 0;
      const reached = await until(deadline_ms, look_every_ms, async () => {
        const planes = await list();
        all = planes.length;
        stale = planes.filter(({ name, hash }) => marked.get(name) === hash).map(({ name }) => name);
        return stale.length === 0;
      });
      if (reached) {
        const detail = all === 0 ? "no data plane is connected" : `${all} data planes have it`;
        return { reached: true, detail };
      }
      const detail = `${stale.length} of ${all} data planes still run on the former configuration: ${stale.slice(0, 10).join(", ")}`;
      alarm(detail);
      return { reached: false, detail };
    },
  };
}

/** Nodes with a common database look into it every so often, and tell nobody when they did. */
export function watchDelay(
  delay_ms: () => Promise<number>,
  alarm: AlarmListener,
  look_every_ms = LOOK_EVERY_MS,
): PropagationWatch {
  let written_at: number | null = null;
  return {
    mark: async () => {
      written_at = Date.now();
    },
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
