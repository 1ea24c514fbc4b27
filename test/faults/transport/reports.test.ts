import { afterEach, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { accept, type ScriptedAgent, startAgent } from "./scripted-agent.ts";

let agent: ScriptedAgent;
let nginx: Nginx;

async function start(changes: Record<string, number> = {}): Promise<void> {
  agent = await startAgent();
  nginx = await startNginx({ workers: 1, agent: { url: agent.url, ...changes } });
}

afterEach(async () => {
  await nginx.stop();
  await agent.stop();
});

const names = (name: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${name}-${from + index}`);

it("delivers records in order, signed, in batches no larger than allowed", async () => {
  await start();
  await nginx.ask("enqueue", { name: "a", from: 1, to: 250 });
  await eventually(() => expect(agent.accepted).toHaveLength(250));
  expect(agent.accepted).toEqual(names("a", 1, 250));
  expect(agent.deliveries.every((delivery) => delivery.isSigned)).toBe(true);
  expect(Math.max(...agent.deliveries.map((delivery) => delivery.batch.records.length))).toBeLessThanOrEqual(100);
  const { batch } = agent.deliveries[0]!;
  expect(batch).toMatchObject({ version: 1, gateway: "edge", node: "node-1" });
  expect(batch.health).toMatchObject({ dropped_records: 0, rejected_batches: 0, shared_dict: true });
  expect(batch.records[0]).toMatchObject({ type: "decision_hits", hits: [] });
});

it("sends a batch again under the same id until it is accepted", async () => {
  await start();
  agent.onDelivery = (_request, response, delivery) => {
    if (agent.deliveries.length === 1) response.writeHead(503).end();
    else if (agent.deliveries.length === 2) response.destroy();
    else accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 3 });
  await eventually(() => expect(agent.accepted).toEqual(names("a", 1, 3)), 20_000);
  expect(new Set(agent.deliveries.map((delivery) => delivery.batch.batch)).size).toBe(1);
  expect(agent.deliveries.every((delivery) => delivery.isSigned)).toBe(true);
});

it("waits as long as the agent asks", async () => {
  await start();
  agent.onDelivery = (_request, response, delivery) => {
    if (agent.deliveries.length === 1) response.writeHead(429, { "retry-after": "3" }).end();
    else accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 3 });
  await eventually(() => expect(agent.accepted).toHaveLength(3), 20_000);
  const [first, second] = agent.deliveries;
  expect(second!.at - first!.at).toBeGreaterThan(2500);
});

it("keeps what fits while the agent is away, counts what does not, and delivers afterwards", async () => {
  await start();
  await agent.stop();
  await nginx.ask("enqueue", { name: "a", from: 1, to: 1500 });
  await nginx.ask("enqueue", { name: "b", from: 1, to: 10 });
  await eventually(() => expect(nginx.log()).toContain("cannot report yet"));
  await agent.start();
  await eventually(() => expect(agent.accepted).toContain("b-10"), 60_000);
  const accepted = new Set(agent.accepted);
  expect(accepted.size).toBe(agent.accepted.length);
  expect(accepted.size).toBeGreaterThanOrEqual(1000);
  const { dropped_records } = await nginx.ask("health");
  expect(accepted.size + dropped_records).toBe(1510);
  expect(agent.accepted.slice(-10)).toEqual(names("b", 1, 10));
});

it("halves a batch that is too large until it fits, and gives up on a single record that never does", async () => {
  await start();
  agent.onDelivery = (_request, response, delivery) => {
    const ids = delivery.batch.records.map((record) => record.id);
    if (ids.length > 7 || ids.includes("a-50")) response.writeHead(413).end();
    else accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 100 });
  await eventually(() => expect(agent.accepted).toHaveLength(99), 20_000);
  expect(agent.accepted).toEqual(names("a", 1, 100).filter((id) => id !== "a-50"));
  await eventually(async () => {
    expect(await nginx.ask("health")).toMatchObject({ rejected_batches: 1, dropped_records: 1 });
  });
});

it.each([400, 401, 422])("drops and counts a batch that the agent refuses with %i, and goes on", async (status) => {
  await start();
  agent.onDelivery = (_request, response, delivery) => {
    if (agent.deliveries.length === 1) response.writeHead(status).end();
    else accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 5 });
  await eventually(async () => expect((await nginx.ask("health")).rejected_batches).toBe(1));
  await nginx.ask("enqueue", { name: "b", from: 1, to: 5 });
  await eventually(() => expect(agent.accepted).toEqual(names("b", 1, 5)));
  expect((await nginx.ask("health")).dropped_records).toBe(5);
  expect(nginx.log()).toContain("refused 5 records for good");
});

it("never sends more than the agent takes in one request", async () => {
  await start();
  let largest = 0;
  agent.onDelivery = (request, response, delivery) => {
    largest = Math.max(largest, Number(request.headers["content-length"]));
    accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 100, bytes: 30_000 });
  await nginx.ask("enqueue", { name: "huge", from: 1, to: 1, bytes: 2_000_000 });
  await nginx.ask("enqueue", { name: "b", from: 1, to: 1 });
  await eventually(() => expect(agent.accepted).toEqual([...names("a", 1, 100), "b-1"]), 20_000);
  expect(largest).toBeLessThanOrEqual(1_048_576);
  expect((await nginx.ask("health")).dropped_records).toBe(1);
});

it("goes on when an agent hangs and then answers", async () => {
  await start({ timeout_ms: 200 });
  agent.onDelivery = (_request, response, delivery) => {
    if (agent.deliveries.length > 2) accept(agent, response, delivery);
  };
  await nginx.ask("enqueue", { name: "a", from: 1, to: 3 });
  await eventually(() => expect(agent.accepted).toEqual(names("a", 1, 3)), 20_000);
});

it("takes what waits along when the worker leaves", async () => {
  await start({ flush_interval_s: 60 });
  await nginx.ask("enqueue", { name: "a", from: 1, to: 20 });
  await nginx.quit();
  await eventually(() => expect(agent.accepted).toEqual(names("a", 1, 20)));
});
