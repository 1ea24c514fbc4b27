import { afterAll, beforeAll, expect, test } from "vitest";
import { injection, isAbout, isOn, sendMany, untilAction, untilAnswered, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ gateways: 2, plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

test("what two gateways see of one attacker joins one incident, and both block him", async () => {
  const from = "203.0.113.9";
  const EACH = 3;
  // Fewer than the policy asks for at each gateway, enough together.
  await sendMany(world, 2 * EACH, (i) => ({ ...injection(from, i), gateway: i % 2 }));
  await untilAction(world, isOn(from));
  const incident = await untilIncident(world, (one) => isAbout(from)(one) && one.counts.requests === 2 * EACH);
  expect(new Set(incident.nodes).size).toBe(2);
  expect((await world.agent.client.incidents()).filter(isAbout(from))).toHaveLength(1);
  for (const gateway of [0, 1]) await untilAnswered(world, { from, target: "/orders", gateway }, 403);
});
