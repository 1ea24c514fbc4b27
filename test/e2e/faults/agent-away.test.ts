import { afterEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import {
  injection,
  isAbout,
  isOn,
  PATIENCE_MS,
  sendMany,
  statusesOf,
  untilAction,
  untilAnswered,
  untilIncident,
} from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World | undefined;

afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const clean = (from: string) => ({ from, target: "/orders" });

test("while the agent hangs, traffic and reflex go on, the queue stays bounded and drops are counted; then reports arrive", async () => {
  const MAX_QUEUE = 10;
  world = await startWorld({ plugin: { agent: { max_queue: MAX_QUEUE, timeout_ms: 300 }, source: { block_s: 60 } } });
  await world.send(clean("192.0.2.1"));
  await eventually(async () => {
    expect((await world!.agent.get("/v1/status")).json.nodes).toHaveLength(1);
  }, PATIENCE_MS);
  process.kill(world.agent.pid(), "SIGSTOP");

  // More subjects than the queue has room for, in several windows.
  for (let round = 0; round < 3; round++) {
    const stopped = await sendMany(world, 60, (i) => injection(`203.0.113.${i + 1}`, i));
    expect(statusesOf(stopped)).toEqual([403]);
    expect(statusesOf(await sendMany(world, 20, (i) => clean(`192.0.2.${i + 1}`)))).toEqual([200]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  }
  await sendMany(world, 12, (i) => injection("198.51.100.66", i));
  await untilAnswered(world, clean("198.51.100.66"), 403);
  const blocked = await sendMany(world, 12, () => clean("198.51.100.66"));
  expect(statusesOf(blocked)).toEqual([403]);
  expect(blocked.some(({ reached }) => reached)).toBe(false);

  process.kill(world.agent.pid(), "SIGCONT");
  await untilIncident(world, isAbout("198.51.100.66"));
  await eventually(async () => {
    const { json } = await world!.agent.get("/v1/status");
    const [node] = json.nodes;
    expect(node.health.dropped_records).toBeGreaterThan(0);
    expect(node.health.queue_depth).toBeLessThanOrEqual(MAX_QUEUE * 2);
  }, PATIENCE_MS);
});

test("when the agent is gone for good, every decision ends at its expiry", async () => {
  world = await startWorld({ plugin: { source: { min_evidence: 10_000 } } });
  const attackers = ["203.0.113.2", "203.0.113.3", "2001:db8:bad::7"];
  await sendMany(world, 24, (i) => injection(attackers[i % 3]!, i));
  for (const from of attackers) await untilAction(world, isOn(from));
  for (const from of attackers) await untilAnswered(world, clean(from), 403);
  await world.agent.kill();
  expect(statusesOf(await sendMany(world, 12, (i) => clean(attackers[i % 3]!)))).toEqual([403]);
  for (const from of attackers) await untilAnswered(world, clean(from), 200);
  expect((await world.send(injection("203.0.113.2"))).status).toBe(403);
});
