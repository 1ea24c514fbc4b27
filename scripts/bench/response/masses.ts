/** Ten thousand attackers at once: how many writes the Admin API gets. */
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { report } from "../../../test/support/agent-process.ts";
import { incidentRecord } from "../../../test/support/gateway-node.ts";
import { type CountingProxy, writesOf } from "./counting-proxy.ts";
import { floodOf } from "./flood.ts";
import { notMeasured, type Row, row, type Stage } from "./row.ts";

const NAME = "writes to the Admin API that 10,000 attackers cause";
const PER_BATCH = 500;
const WATCHED_MS = 20_000;

const addressOf = (i: number) => `10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;

/** As a node would report them: each attacker with evidence enough, and the flood of every route that they are together. */
function recordsOf(first: number) {
  const routes = Object.entries(ROUTE_IDS);
  const single = Array.from({ length: PER_BATCH - routes.length }, (_, i) =>
    incidentRecord({ subject: { kind: "ip", value: addressOf(first + i) }, requests: 20, stopped: 20, passed: 0 }),
  );
  const floods = routes.map(([name, id]) => floodOf(name, id, { distinct_ips: PER_BATCH }));
  return [...single, ...floods];
}

export async function masses({ world, quick, say }: Stage, proxy: CountingProxy): Promise<Row> {
  const attackers = quick ? 2_000 : 10_000;
  const before = writesOf(proxy);
  for (let first = 0; first < attackers; first += PER_BATCH) await deliver(world.agent.url, recordsOf(first));
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const writes = writesOf(proxy) - before;
  const actions = await world.agent.client.actions();
  const on = actions.filter(({ status }) => status === "applied").length;
  say(`  ${on} actions are on`);
  const note = `${attackers} attackers${quick ? " (--quick)" : ""}, watched for 20 s`;
  // Few writes are good only where something was done.
  if (writes === 0 || on === 0) return notMeasured(NAME, "writes", 20, `${note}: the agent did nothing about them`);
  return row(NAME, writes, "writes", 20, { note });
}

/** An agent that is busy says so; a node tries again. */
async function deliver(url: string, records: ReturnType<typeof recordsOf>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const { status, text } = await report(url, records);
    if (status === 202) return;
    if (status !== 429 && status !== 503) throw new Error(`the agent answered ${status} to a batch: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the agent took no batch for half a minute");
}
