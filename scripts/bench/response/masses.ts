/** Ten thousand attackers at once: how many writes the Admin API gets. */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { report } from "../../../test/support/agent-process.ts";
import { incidentRecord } from "../../../test/support/gateway-node.ts";
import { type Row, row, type Stage } from "./row.ts";

const NAME = "writes to the Admin API that 10,000 attackers cause";
const PER_BATCH = 500;
const WATCHED_MS = 20_000;

/** Stands between the agent and the Admin API, and counts what changes anything. */
export interface CountingProxy {
  url: string;
  writes(): number;
  close(): void;
}

export async function startCountingProxy(adminUrl: () => string): Promise<CountingProxy> {
  let writes = 0;
  const server: Server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method !== "GET" && !incoming.url?.startsWith("/schemas/");
    if (isWrite) writes++;
    const { host: _host, ...headers } = incoming.headers;
    const passed = httpRequest(
      `${adminUrl()}${incoming.url}`,
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes: () => writes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const addressOf = (i: number) => `10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;

/** As a node would report them: each attacker with evidence enough, and the flood of every route that they are together. */
function recordsOf(first: number) {
  const routes = Object.entries(ROUTE_IDS);
  const single = Array.from({ length: PER_BATCH - routes.length }, (_, i) =>
    incidentRecord({ subject: { kind: "ip", value: addressOf(first + i) }, requests: 20, stopped: 20, passed: 0 }),
  );
  const floods = routes.map(([name, id]) =>
    incidentRecord({
      category: "api_ddos",
      detector: "flood.route",
      subject: { kind: "route", value: id },
      scope: { route_id: id, route_name: name },
      requests: 5_000,
      distinct_ips: PER_BATCH,
    }),
  );
  return [...single, ...floods];
}

export async function masses({ world, quick, say }: Stage, proxy: CountingProxy): Promise<Row> {
  const attackers = quick ? 2_000 : 10_000;
  const before = proxy.writes();
  for (let first = 0; first < attackers; first += PER_BATCH) await deliver(world.agent.url, recordsOf(first));
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const writes = proxy.writes() - before;
  const actions = await world.agent.client.actions();
  say(`  ${actions.filter(({ status }) => status === "applied").length} actions are on`);
  return row(NAME, writes, "writes", 20, {
    note: `${attackers} attackers${quick ? " (--quick)" : ""}, watched for 20 s`,
  });
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
