import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { injection, isAbout, sendMany, statusesOf, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ plugin: { mode: "monitor", flood: { window_s: 10, max_per_ip: 50 } } });
});
afterAll(() => world?.stop());

async function untilDecided(id: string): Promise<string[]> {
  return eventually(async () => {
    const { json } = await world.agent.get(`/v1/incidents/${id}`);
    const decided = json.log.filter((entry: { kind: string }) => entry.kind === "decided");
    if (decided.length === 0) throw new Error("nothing is decided yet");
    return decided.map((entry: { text: string }) => entry.text);
  }, 20_000);
}

test("stops nothing and reports all of it; the agent does not act on what was only monitored", async () => {
  const [attacker, guesser, flooder] = ["203.0.113.2", "203.0.113.3", "203.0.113.4"];
  const injections = await sendMany(world, 20, (i) => injection(attacker, i));
  const logins = await sendMany(world, 30, (i) => ({
    from: guesser,
    target: "/login",
    method: "POST",
    body: { username: `leaked${i}`, password: "guess" },
  }));
  const flood = await sendMany(world, 120, () => ({ from: flooder, target: "/search?q=lamp" }));
  expect(statusesOf(injections)).toEqual([200]);
  expect(statusesOf(logins)).toEqual([401]);
  expect(statusesOf(flood)).toEqual([200]);
  expect([...injections, ...logins, ...flood].every(({ reached }) => reached)).toBe(true);

  for (const [from, category] of [
    [attacker, "payload_injection"],
    [guesser, "credential_stuffing"],
    [flooder, "api_ddos"],
  ] as const) {
    const incident = await untilIncident(world, (one) => isAbout(from)(one) && one.category === category, category);
    expect(incident.mode).toBe("monitor");
    expect(incident.counts.stopped).toBe(0);
    expect(incident.counts.passed).toBeGreaterThan(0);
    expect((await untilDecided(incident.id)).join()).toContain("the plugin only monitors here");
  }
  expect(await world.agent.client.actions()).toEqual([]);
  expect((await world.agent.get("/v1/status")).json.feed).toMatchObject({ decisions: 0, sequence: 0 });
});
