/**
 * What the plugin adds to latency in an open loop: the same load on a gateway without and on one with it, in turn. On a virtual machine
 * the hypervisor takes the core away for milliseconds again and again; so percentiles are taken over windows, in each of which
 * every disturbance happens at least once, and the median of the windows counts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../demo/random.ts";
import type { Contender } from "./contenders.ts";
import { orderBody } from "./cpu-cost.ts";
import { type Measure, measured, median } from "./measures.ts";
import { type Latencies, runSteadyLoad } from "./steady-load.ts";

export interface Scenario {
  name: string;
  /** The bytes of a request; clients differ by address. */
  request(random: Random): string;
  /** What happens to a gateway meanwhile; called about once a second. */
  disturb?: (contender: Contender, second: number) => Promise<void>;
}

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

function headOf(method: string, path: string, random: Random, more = ""): string {
  const from = `192.0.${random.between(0, 255)}.${random.between(1, 254)}`;
  const headers = `Host: shop.example.com\r\nUser-Agent: ${BROWSER}\r\nAccept: application/json\r\nX-Forwarded-For: ${from}\r\n${more}`;
  return `${method} ${path} HTTP/1.1\r\n${headers}\r\n`;
}

export const smallGet = (random: Random): string =>
  headOf("GET", `/search?q=green%20lamp&page=${random.between(1, 99)}`, random);

const LARGE = orderBody(8000);
const largePost = (random: Random): string =>
  headOf(
    "POST",
    "/orders",
    random,
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(LARGE)}\r\n`,
  ) + LARGE;

/** A new route: the gateway rebuilds its router and every plugin is told its configuration again. */
async function rebuild({ gateway }: Contender, second: number): Promise<void> {
  const route = { paths: [`/rebuilt-${second}`], methods: ["GET"] };
  await fetch(`${gateway.adminUrl}/services/bench/routes/rebuilt`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(route),
  });
}

export const STEADY: Scenario = { name: "steady", request: smallGet };
export const REBUILD: Scenario = { name: "configuration rebuild each second", request: smallGet, disturb: rebuild };
export const FEED: Scenario = { name: "feed of 50,000 decisions, new each 3 s", request: smallGet };
export const OUTAGE: Scenario = { name: "agent away", request: smallGet };
export const LARGE_BODIES: Scenario = { name: "8 KB bodies", request: largePost };

export async function runScenario(
  scenario: Scenario,
  contender: Contender,
  perSecond: number,
  seconds: number,
  random: Random,
): Promise<Latencies[]> {
  let over = false;
  const disturbing = (async () => {
    for (let second = 0; !over && scenario.disturb; second += 1) {
      await scenario.disturb(contender, second);
      await sleep(1000);
    }
  })();
  const requests = Array.from({ length: 512 }, () => scenario.request(random));
  const windows = await runSteadyLoad({ port: contender.port, perSecond, seconds, requests });
  over = true;
  await disturbing;
  return windows;
}

const MOST_P99_MS = 1;
const MOST_WORST_MS = 10;

const medianOf = (windows: readonly Latencies[], figure: "p50" | "p99" | "max") =>
  median(windows.map((window) => window[figure]));

export function describeLatency(
  scenario: string,
  without: readonly Latencies[],
  withPlugin: readonly Latencies[],
): Measure[] {
  const name = (what: string) => `latency, ${scenario}, ${what}`;
  const added = (figure: "p50" | "p99" | "max") => medianOf(withPlugin, figure) - medianOf(without, figure);
  const worst = (windows: readonly Latencies[]) => Math.max(...windows.map(({ max }) => max));
  const failed = [...without, ...withPlugin].reduce((total, window) => total + window.failed, 0);
  return [
    measured(name("p50 without"), medianOf(without, "p50"), "ms"),
    measured(name("p50 added"), added("p50"), "ms"),
    measured(name("p99 without"), medianOf(without, "p99"), "ms"),
    measured(name("p99 added"), added("p99"), "ms", MOST_P99_MS),
    measured(name("worst in 3 s without"), medianOf(without, "max"), "ms"),
    measured(name("worst in 3 s added"), added("max"), "ms", MOST_WORST_MS),
    measured(name("worst of all without"), worst(without), "ms"),
    measured(name("worst of all added"), worst(withPlugin) - worst(without), "ms", MOST_WORST_MS),
    measured(name("requests that failed"), failed, "requests", 0),
  ];
}
