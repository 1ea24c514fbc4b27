/**
 * What detection holds in a worker's memory while very many clients are active: the same traffic on a gateway with a plugin that does nothing
 * and on one with this plugin; the difference counts. Each client logs in and then looks around, with one of fifty agents.
 */
import { randomUUID } from "node:crypto";
import { startGateway } from "../../test/e2e/gateway/gateway.ts";
import type { Target } from "../../test/e2e/gateway/targets.ts";
import { LUA, PLUGINS, type PluginSpec } from "./contenders.ts";
import { type Measure, measured } from "./measures.ts";
import { memoryOf } from "./process-cost.ts";
import { replay } from "./replay.ts";

const MOST_MIB = 8;
const AGENTS = 50;
const PAGES = 3;

interface Held {
  /** Of Lua's heap, without garbage. */
  heapMib: number;
  /** Of the process's own memory, with garbage and what the allocator keeps. */
  residentMib: number;
}

function headOf(n: number): string {
  const client = n >> 2;
  const from = `${20 + ((client >> 16) & 63)}.${(client >> 8) & 255}.${client & 255}.7`;
  return `Host: shop.example.com\r\nUser-Agent: Client/${client % AGENTS}.0 (Linux)\r\nAccept: */*\r\nX-Forwarded-For: ${from}\r\n`;
}

/** Request n: the first of each four is a client's login, the others are pages of its own. */
function request(n: number): string {
  const client = n >> 2;
  const step = n & PAGES;
  if (step > 0) return `GET /orders/${client}?page=${step} HTTP/1.1\r\n${headOf(n)}Cookie: sid=s${client}\r\n\r\n`;
  const body = `{"username":"user${client}@example.com","password":"copper-${client}"}`;
  return `POST /login HTTP/1.1\r\n${headOf(n)}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function hold(target: Target, plugin: PluginSpec, backend: number, clients: number): Promise<Held> {
  const service = { name: "bench", url: `http://127.0.0.1:${backend}`, routes: [{ name: "bench", paths: ["/"] }] };
  const plugins = [plugin, { name: "heap-watch", config: {} }].map((each) => ({ id: randomUUID(), ...each }));
  const gateway = await startGateway({
    target,
    database: false,
    workers: 1,
    trustedIps: ["127.0.0.1/32"],
    // A plugin that is not loaded holds nothing.
    plugins: [plugin.name, "heap-watch"],
    luaPaths: [LUA],
    entities: { _format_version: "3.0", services: [service], plugins },
  });
  try {
    const [worker] = await gateway.workerPids();
    const port = Number(new URL(gateway.proxyUrl).port);
    const perSecond = 4000;
    await replay({ port, perSecond, seconds: Math.ceil((clients * (PAGES + 1)) / perSecond), request });
    const response = await fetch(gateway.proxyUrl, { headers: { "x-heap-watch": "1" } });
    const { kilobytes } = (await response.json()) as { kilobytes: number };
    return { heapMib: kilobytes / 1024, residentMib: memoryOf(worker!).privateMb };
  } finally {
    await gateway.stop();
  }
}

export async function benchDetectionMemory(target: Target, backend: number, clients: number): Promise<Measure[]> {
  const without = await hold(target, { name: "noop", config: {} }, backend, clients);
  const held = await hold(target, PLUGINS["threat-response, enforce"]!, backend, clients);
  const name = (what: string) => `memory, ${what}, ${clients} active clients`;
  return [
    measured(name("what detection holds in a worker"), held.heapMib - without.heapMib, "MiB", MOST_MIB),
    measured(name("the worker's own with garbage, over a no-op plugin"), held.residentMib - without.residentMib, "MiB"),
  ];
}
