/** How soon: the gateway's own reflex, and the agent's first decision once there is evidence enough. */

import { epochMs } from "../../../demo/stack/agent-client.ts";
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { injection, PATIENCE_MS, untilAction } from "../../../test/e2e/watch.ts";
import { report } from "../../../test/support/agent-process.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { CountingProxy } from "./counting-proxy.ts";
import { floodOf } from "./flood.ts";
import { type Row, row, type Stage } from "./row.ts";

const MALICIOUS = "malicious payload: from its first request to the answer that stops it, slowest";
const REACTION = "sufficient evidence to the agent's decision, reporting included, slowest";

const FIRST_WRITE = "sufficient evidence to the agent's first write at the Admin API while Claude is silent, slowest";

/** The first malicious request of each address, one after the other. */
export async function reflex({ world, random, quick }: Stage): Promise<Row> {
  const rounds = quick ? 20 : 60;
  let slowest = 0;
  await world.send({ from: "192.0.2.1" });
  for (let i = 0; i < rounds; i++) {
    const begun = performance.now();
    const { status, reached } = await world.send(injection(`198.18.0.${i + 1}`, random.between(0, 4)));
    if (status !== 403 || reached)
      return row(MALICIOUS, Number.POSITIVE_INFINITY, "ms", 50, { note: "one got through" });
    slowest = Math.max(slowest, performance.now() - begun);
  }
  return row(MALICIOUS, slowest, "ms", 50, { note: `${rounds} addresses` });
}

/** Pieces of evidence that the shipped policy wants of one address. */
const ENOUGH = 10;

/** From the moment the gateway has answered the last request that was needed. */
export async function reaction({ world, random, quick }: Stage): Promise<Row> {
  const rounds = quick ? 3 : 8;
  let slowest = 0;
  for (let i = 0; i < rounds; i++) {
    const from = `198.18.1.${i + 1}`;
    for (let k = 0; k < ENOUGH; k++) await world.send(injection(from, random.between(0, 4)));
    const enough = Date.now();
    const isAbout = ({ target, applied_at }: { target: Record<string, string>; applied_at: string | null }) =>
      target.value === from && applied_at !== null;
    const action = await untilAction(world, isAbout, `an action about ${from}`);
    slowest = Math.max(slowest, (epochMs(action.applied_at) ?? enough) - enough);
  }
  return row(REACTION, slowest / 1000, "s", 2, { note: `${rounds} campaigns, one after the other` });
}

/** Of a batch of writes at most one goes out in this time. */
const WRITE_INTERVAL_MS = 5_500;

/** From the moment a node begins to report a flood, to the moment the write for its route arrives. */
export async function firstWrite(
  { world, quick }: Stage,
  { writes }: CountingProxy,
  asked: () => number,
): Promise<Row> {
  const routes = (["users", "orders", "search"] as const).slice(0, quick ? 1 : 3);
  let slowest = 0;
  for (const name of routes) {
    const before = writes.length;
    const begun = Date.now();
    await report(world.agent.url, [floodOf(name, ROUTE_IDS[name])]);
    await eventually(async () => void writtenAfter(writes.length, before), PATIENCE_MS, 20);
    slowest = Math.max(slowest, writes[before]!.from - begun);
    await new Promise((resolve) => setTimeout(resolve, WRITE_INTERVAL_MS));
  }
  const note = `${routes.length} floods of routes; Claude was asked ${asked()} times and never answered`;
  return row(FIRST_WRITE, slowest / 1000, "s", 2, { note });
}

function writtenAfter(now: number, before: number): void {
  if (now <= before) throw new Error("nothing is written yet");
}
