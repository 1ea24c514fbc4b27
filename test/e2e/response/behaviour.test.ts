import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { ROUTE_IDS } from "../entities.ts";
import { PATIENCE_MS, sendMany, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

/** The simulated scenarios of bench:behaviour that matter most, short and in real time. */
const plugin = { flood: { min_route_rps: 10, route_factor: 3, max_per_ip: 1000 } };
let world: World;

beforeAll(async () => {
  world = await startWorld({ plugin });
});
afterAll(() => world?.stop());

/** Sends in rounds until the agent knows such an incident. */
async function sendUntil(round: () => Promise<unknown>, found: () => Promise<unknown>): Promise<void> {
  let isFound = false;
  const waiting = found().finally(() => {
    isFound = true;
  });
  while (!isFound) await round();
  await waiting;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("many distinct missing paths of one address are probing", async () => {
  const from = "203.0.113.90";
  await sendMany(world, 60, (i) => ({ from, target: `/no-such-place-${i}.php` }));
  const incident = await untilIncident(
    world,
    ({ category, subject_value }) => category === "abuse" && subject_value === from,
  );
  expect(incident.reasons.join()).toContain("missing paths");
  expect(JSON.stringify(await world.agent.client.actions())).not.toContain(from);
});

test("a flood of many addresses, each far below its own limit, is stopped", async () => {
  const target = "/search?q=lamp";
  // What is usual has to be known before anything can be unusual.
  for (let second = 0; second < 75; second++) {
    await world.send({ from: `198.51.100.${second % 5}`, target });
    await pause(200);
  }
  let bot = 0;
  let stopped = 0;
  const flood = async () => {
    const answers = await sendMany(world, 200, () => {
      bot = (bot + 1) % 4000;
      return { from: `100.${70 + (bot >> 8)}.${bot & 255}.9`, target };
    });
    stopped += answers.filter(({ status }) => status === 429).length;
  };
  const isFlood = ({ category, subject_value }: { category: string; subject_value: string }) =>
    category === "api_ddos" && subject_value === ROUTE_IDS.search;
  await sendUntil(flood, () => untilIncident(world, isFlood));
  await eventually(
    async () => {
      await flood();
      expect(stopped).toBeGreaterThan(100);
    },
    PATIENCE_MS,
    10,
  );
});
