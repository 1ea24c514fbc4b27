/**
 * What a request costs the gateway's worker in CPU time. Closed loop at full speed, rounds of all contenders in turn; the least disturbed
 * round of each counts, since whatever else goes on in the machine only ever adds.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender } from "./contenders.ts";
import { cpuNanoseconds } from "./process-cost.ts";

export interface Workload {
  name: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Microseconds over a no-op plugin that are still good. */
  most?: number;
}

const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const COMMON = { "user-agent": BROWSER, accept: "application/json", "x-forwarded-for": "192.0.2.10" };

/** JSON of about so many bytes, as a shop's order. */
export function orderBody(bytes: number): string {
  const items = [];
  for (let n = 0; JSON.stringify({ items }).length < bytes; n += 1) {
    items.push({
      sku: `TR-${1000 + n}`,
      quantity: (n % 5) + 1,
      note: "It's a gift, please leave it with the neighbours",
    });
  }
  return JSON.stringify({ items });
}

export const WORKLOADS: Workload[] = [
  {
    name: "small GET",
    path: "/search?q=green%20lamp&page=2",
    headers: { ...COMMON, cookie: "session=5ad3f0c1b2; theme=dark" },
    most: 10,
  },
  {
    name: "POST of 1 KB JSON",
    path: "/orders",
    headers: { ...COMMON, "content-type": "application/json" },
    body: orderBody(1000),
    most: 25,
  },
  {
    name: "POST of 8 KB JSON",
    path: "/orders",
    headers: { ...COMMON, "content-type": "application/json" },
    body: orderBody(8000),
  },
];

function h2load(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("h2load", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", () => reject(new Error("h2load is missing; it is in the Debian package nghttp2-client")));
    child.on("close", (code) => {
      const failed = /(\d+) failed, (\d+) errored/.exec(output);
      const good = code === 0 && failed?.[1] === "0" && /status codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx/.test(output);
      if (good) resolve();
      else reject(new Error(`h2load reports failures:\n${output}`));
    });
  });
}

async function round(contender: Contender, workload: Workload, bodyFile: string, requests: number): Promise<number> {
  const headers = Object.entries(workload.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const body = workload.body === undefined ? [] : ["-d", bodyFile];
  const url = `http://127.0.0.1:${contender.port}${workload.path}`;
  const before = cpuNanoseconds(contender.worker);
  await h2load(["--h1", "-n", String(requests), "-c", "32", "-t", "1", ...headers, ...body, url]);
  return (cpuNanoseconds(contender.worker) - before) / requests / 1000;
}

/** Microseconds per request, by contender. */
export async function cpuCosts(
  contenders: readonly Contender[],
  workload: Workload,
  requests: number,
  rounds: number,
): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "threat-response-bench-"));
  const bodyFile = join(folder, "body");
  writeFileSync(bodyFile, workload.body ?? "");
  const seen = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  try {
    for (const contender of contenders) await round(contender, workload, bodyFile, requests);
    for (let n = 0; n < rounds; n += 1) {
      for (const contender of contenders)
        seen.get(contender.name)!.push(await round(contender, workload, bodyFile, requests));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return new Map([...seen].map(([name, values]) => [name, Math.min(...values)]));
}
