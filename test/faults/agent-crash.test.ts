import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { openStore } from "../../agent/src/store/open.ts";
import type { Batch } from "../../contract/ingest.ts";
import { bearer, testEnvironment } from "../support/agent.ts";
import { AGENT_MAIN } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import { GatewayNode, incidentRecord, trafficRecord } from "../support/gateway-node.ts";
import { startPostgres } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/processes.ts";

const KILLS = 2;
const SENDERS = 4;
const PER_BATCH = 5;
/** One window for all traffic. */
const WINDOW = Math.floor(Date.now() / 1000);

interface RunningAgent {
  process: ChildProcess;
  url: string;
}

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

async function start(environment: Record<string, string>): Promise<RunningAgent> {
  const child = spawn(process.execPath, [AGENT_MAIN, "serve"], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The agent ended with ${code}.`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) resolve(url);
    });
  });
  return { process: child, url };
}

async function kill(agent: RunningAgent, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(agent.process, "exit");
  agent.process.kill(signal);
  const [code] = await exited;
  return code as number | null;
}

/** Sends batch after batch to whichever agent is up and, as a node does, each again until it has an answer. */
class Sender {
  readonly acknowledged: Batch[] = [];
  readonly node: GatewayNode;
  #stopping = false;

  constructor(name: string) {
    this.node = new GatewayNode({ node: name });
  }

  stop(): void {
    this.#stopping = true;
  }

  async run(url: () => string): Promise<void> {
    while (!this.#stopping) {
      const index = this.acknowledged.length;
      const records = Array.from({ length: PER_BATCH }, (_, at) =>
        incidentRecord({
          id: `${this.node.node}-${index}-${at}`,
          subject: { kind: "ip", value: "203.0.113.7" },
          requests: 1,
        }),
      );
      const batch = this.node.batchOf([
        ...records,
        trafficRecord({ id: `${this.node.node}-${index}-t`, window_start: WINDOW }),
      ]);
      while (!(await this.#send(url(), batch)));
      this.acknowledged.push(batch);
    }
  }

  async #send(url: string, batch: Batch): Promise<boolean> {
    const request = this.node.ingest(batch);
    try {
      const reply = await fetch(url + request.url, { method: "POST", headers: request.headers, body: request.body! });
      return reply.status === 202 || reply.status === 200;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return false;
    }
  }
}

interface Totals {
  events: number;
  waiting: number;
  requests: number;
  traffic: number;
}

/** Every start of an agent takes seconds, many of them on a busy machine. */
const TIMEOUT_MS = 400_000;

describe.each(["pglite", "postgres"] as const)("an agent on %s that is killed while events come in", (kind) => {
  test("has every acknowledged event once, in the store and in the incident", { timeout: TIMEOUT_MS }, async () => {
    const directory = temporaryDirectory("tr-crash");
    const postgres = kind === "postgres" ? await startPostgres() : null;
    const place = postgres ? { DATABASE_URL: await postgres.createDatabase() } : { DATA_DIR: directory.path };
    const environment = testEnvironment(place as Record<string, string>);

    let agent = await start(environment);
    const senders = Array.from({ length: SENDERS }, (_, index) => new Sender(`node-${index}`));
    const running = senders.map((sender) => sender.run(() => agent.url));
    const sent = () => senders.reduce((sum, sender) => sum + sender.acknowledged.length, 0);
    for (let round = 0; round < KILLS; round++) {
      const before = sent();
      await eventually(() => expect(sent()).toBeGreaterThan(before + 10), 120_000);
      await kill(agent, "SIGKILL");
      agent = await start(environment);
    }
    for (const sender of senders) sender.stop();
    await Promise.all(running);
    await eventually(async () => {
      const status = await fetch(`${agent.url}/v1/status`, { headers: bearer("viewer") });
      expect(((await status.json()) as { waiting: { events: number } }).waiting.events).toBe(0);
    }, 120_000);
    expect(await kill(agent, "SIGTERM")).toBe(0);

    const store = await openStore(
      "DATABASE_URL" in place ? { databaseUrl: place.DATABASE_URL } : { dataDir: directory.path },
    );
    const batches = sent();
    const totals: Totals = {
      events: (await store.db.selectFrom("events").select("id").execute()).length,
      waiting: (await store.db.selectFrom("events").select("id").where("processed_at", "is", null).execute()).length,
      requests: (await store.db.selectFrom("incidents").select("counts").execute()).reduce(
        (sum, row) => sum + row.counts.requests,
        0,
      ),
      traffic: (await store.db.selectFrom("traffic").select("requests").execute()).reduce(
        (sum, row) => sum + row.requests,
        0,
      ),
    };
    expect(totals).toEqual({
      events: batches * (PER_BATCH + 1),
      waiting: 0,
      requests: batches * PER_BATCH,
      traffic: batches * trafficRecord().requests,
    });
    await store.close();
    await postgres?.stop();
    directory.remove();
  });
});
