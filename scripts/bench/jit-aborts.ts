/** Traces that LuaJIT goes on trying and giving up in the plugin: each try costs, and the code stays interpreted. */
import { randomUUID } from "node:crypto";
import { seeded } from "../../demo/random.ts";
import { startGateway } from "../../test/e2e/gateway/gateway.ts";
import { LUA, WIDE_LIMITS } from "./contenders.ts";
import { smallGet } from "./latency.ts";
import { replay } from "./replay.ts";

export interface Aborts {
  /** Per 10,000 requests, once warm, in the plugin's code. */
  count: number;
  /** While warming up, anywhere: shows that they are seen at all. */
  warmingUp: number;
  lines: string[];
}

const RATE = 2000;
const OURS = "threat-response";

async function readAborts(url: string): Promise<Record<string, number>> {
  const response = await fetch(url, { headers: { "x-jit-watch": "1" } });
  return ((await response.json()) as { aborts?: Record<string, number> }).aborts ?? {};
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

export async function recurringAborts(backend: number, requests: number): Promise<Aborts> {
  const service = { name: "bench", url: `http://127.0.0.1:${backend}`, routes: [{ name: "bench", paths: ["/"] }] };
  const plugins = [
    { id: randomUUID(), name: "jit-watch", config: {} },
    { id: randomUUID(), name: OURS, config: { mode: "enforce", ...WIDE_LIMITS } },
  ];
  const gateway = await startGateway({
    target: "dev",
    database: false,
    workers: 1,
    trustedIps: ["127.0.0.1/32"],
    plugins: [OURS, "jit-watch"],
    luaPaths: [LUA],
    entities: { _format_version: "3.0", services: [service], plugins },
  });
  const random = seeded(1);
  const pool = Array.from({ length: 512 }, () => smallGet(random));
  const port = Number(new URL(gateway.proxyUrl).port);
  const load = (count: number) =>
    replay({ port, perSecond: RATE, seconds: Math.ceil(count / RATE), request: (n) => pool[n & 511]! });
  try {
    await load(requests);
    const warmingUp = sum(await readAborts(gateway.proxyUrl));
    await load(requests);
    const ours = Object.entries(await readAborts(gateway.proxyUrl)).filter(([place]) => place.includes(OURS));
    const sorted = ours.sort((a, b) => b[1] - a[1]);
    return {
      count: (sum(Object.fromEntries(ours)) / requests) * 10_000,
      warmingUp,
      lines: sorted.slice(0, 20).map(([place, count]) => `${count} × ${place}`),
    };
  } finally {
    await gateway.stop();
  }
}
