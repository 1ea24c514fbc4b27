import { afterAll, beforeAll, expect, test } from "vitest";
import { isOn, sendMany, statusesOf, untilAction, untilAnswered, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({
    plugin: { flood: { window_s: 10, max_per_ip: 50 }, source: { min_evidence: 10_000 } },
  });
});
afterAll(() => world?.stop());

const get = (from: string, target: string) => ({ from, target });

test.concurrent("one address may send only so much, and the agent takes over", async () => {
  const from = "203.0.113.70";
  const answers = await sendMany(world, 200, (i) => get(from, `/search?q=word${i}`));
  const passed = answers.filter(({ status }) => status === 200).length;
  expect(passed).toBeGreaterThanOrEqual(50);
  expect(passed).toBeLessThan(120);
  expect(statusesOf(answers)).toEqual([200, 429]);
  const limited = answers.find(({ status }) => status === 429)!;
  expect(limited).toMatchObject({ reached: false, json: { message: "Too many requests" } });
  expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
  expect((await world.send(get("203.0.113.71", "/search?q=lamp"))).status).toBe(200);

  const action = await untilAction(world, isOn(from));
  expect(action).toMatchObject({ type: "block_source", vehicle: "decision" });
});

test.concurrent("a flood of paths without a route is stopped, too", async () => {
  const from = "203.0.113.72";
  const answers = await sendMany(world, 200, (i) => get(from, `/old-shop/${i}`));
  expect(statusesOf(answers)).toEqual([404, 429]);
  expect(answers.filter(({ status }) => status === 404).length).toBeLessThan(120);
  await untilIncident(
    world,
    ({ category, subject_value, counts }) => category === "api_ddos" && subject_value === from && counts.stopped > 50,
  );
  await untilAction(world, isOn(from));
  await untilAnswered(world, get(from, "/old-shop/again"), 403);
});
