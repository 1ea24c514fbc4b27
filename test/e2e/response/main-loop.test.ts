import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IncidentView } from "../../../demo/stack/agent-client.ts";
import { eventually } from "../../support/eventually.ts";
import { injection, isAbout, isOn, sendMany, statusesOf, untilAction, untilAnswered, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

/** The gateway never blocks whole addresses by itself here: when one is blocked, it was the agent's decision. */
const ONLY_THE_AGENT_BLOCKS = { source: { min_evidence: 10_000 } };

let world: World;

beforeAll(async () => {
  world = await startWorld({ plugin: ONLY_THE_AGENT_BLOCKS });
});
afterAll(() => world?.stop());

let attackers = 20;
/** Another one for each try: what the agent did to the last one is not done again. */
const someAttacker = () => `203.0.113.${++attackers}`;

const clean = (from: string) => ({ from, target: "/orders" });

/** Asks the address for nothing before it is blocked: good requests would speak for it. */
async function untilBlocked(from: string): Promise<void> {
  await sendMany(world, 8, (i) => injection(from, i));
  await untilAction(world, isOn(from));
  await untilAnswered(world, clean(from), 403);
}

test.concurrent("a malicious request is stopped at once and by itself, and nothing is said about why", async () => {
  const answer = await world.send(injection("203.0.113.1"));
  expect(answer).toMatchObject({ status: 403, reached: false, json: { message: "Forbidden" } });
  expect(Object.keys(answer.json).sort()).toEqual(["message", "reference"]);
  expect(await world.send(clean("203.0.113.1"))).toMatchObject({ status: 200, reached: true });
});

test.concurrent("an injection campaign becomes incidents, decisions, blocked addresses in all workers, and ends", async () => {
  const campaign = [someAttacker(), someAttacker(), `2001:db8:bad::${++attackers}`];
  const stopped = await sendMany(world, 24, (i) => injection(campaign[i % 3]!, i));
  expect(statusesOf(stopped)).toEqual([403]);
  expect(stopped.some((answer) => answer.reached)).toBe(false);
  const untilStopped = async (from: string) => {
    // Both workers report for themselves, and not at the same moment.
    const isWhole = (each: IncidentView) => isAbout(from)(each) && each.counts.requests >= 8;
    const incident = await untilIncident(world, isWhole);
    expect(incident).toMatchObject({ category: "payload_injection", mode: "enforce" });
    expect(incident.counts).toMatchObject({ requests: 8, stopped: 8, passed: 0 });
    await untilAction(world, isOn(from));
    await untilAnswered(world, clean(from), 403);
  };
  // At once: none of the blocks may be over before the last one is looked at.
  await Promise.all(campaign.map(untilStopped));
  const afterwards = await sendMany(world, 60, (i) => clean(campaign[i % 3]!));
  expect(statusesOf(afterwards)).toEqual([403]);
  expect((await world.send(clean("203.0.113.240"))).status).toBe(200);

  await Promise.all(campaign.map((from) => untilAnswered(world, clean(from), 200)));
  for (const from of campaign) {
    const action = await untilAction(world, isOn(from, "expired"));
    expect(action).toMatchObject({ type: "block_source", vehicle: "decision", error: null });
    expect(action.effect!.before.attack_stopped).toBeGreaterThan(0);
    expect(action.effect!.after!.window_ms).toBeGreaterThan(0);
    expect(action.effect!.summary).toMatch(/its decision stopped \d+ requests/);
  }
});

test.concurrent("an operator's undo lifts a block", async () => {
  const from = someAttacker();
  await untilBlocked(from);
  const action = await untilAction(world, isOn(from));
  const undone = await world.agent.post(`/v1/actions/${action.id}/undo`);
  expect(undone).toMatchObject({ status: 200, json: { action: { status: "undone" } } });
  await untilAnswered(world, clean(from), 200);
  expect((await world.agent.post(`/v1/actions/${action.id}/undo`)).status).toBe(409);
});

test.concurrent("an operator's allow beats a block and every finding", async () => {
  const from = someAttacker();
  await untilBlocked(from);
  const body = { value: from, minutes: 5, reason: "a penetration test" };
  expect((await world.agent.post("/v1/allow", body)).status).toBe(201);
  await untilAnswered(world, clean(from), 200);
  const answers = await sendMany(world, 20, (i) => injection(from, i));
  expect(statusesOf(answers)).toEqual([200]);
  expect(answers.every((answer) => answer.reached)).toBe(true);
});

test.concurrent("what the agent does is told by signed webhooks", async () => {
  const from = someAttacker();
  await untilBlocked(from);
  const told = await eventually(() => {
    const found = world.webhooks.received.find(
      ({ type, data }) => type === "incident.mitigating" && JSON.stringify(data).includes(from),
    );
    if (!found) throw new Error("no notification yet");
    return found;
  }, 20_000);
  expect(told.data).toMatchObject({ incident: { category: "payload_injection", subject: `ip ${from}` } });
  expect(world.webhooks.refused()).toBe(0);
});

describe("the agent's API", () => {
  test.concurrent("shows an incident with its actions and what was decided, and why", async () => {
    const from = someAttacker();
    await untilBlocked(from);
    const { id } = await untilIncident(world, isAbout(from));
    const { json } = await world.agent.get(`/v1/incidents/${id}`);
    expect(json.actions).toHaveLength(1);
    expect(json.actions[0].target).toEqual({ kind: "ip", value: from });
    expect(json.log.map((entry: { kind: string }) => entry.kind)).toEqual(
      expect.arrayContaining(["decided", "action"]),
    );
  });
});
