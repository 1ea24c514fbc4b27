import { afterAll, beforeAll, expect, test } from "vitest";
import type { IncidentView } from "../../../demo/stack/agent-client.ts";
import { call } from "../../support/http.ts";
import { injection, isAbout, isOn, sendMany, untilAction, untilAnswered, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

const VICTIM = "192.0.2.77";

let world: World;

beforeAll(async () => {
  world = await startWorld({ trustedIps: ["127.0.0.1/32"], plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

/** The victim is in no incident, in no action, and served. */
async function expectUnharmed(address: string): Promise<void> {
  for (const incident of await world.agent.client.incidents()) {
    expect(incident.subject_value).not.toBe(address);
    expect(incident.sources.map(({ ip }) => ip)).not.toContain(address);
  }
  expect((await world.agent.client.actions()).map(({ target }) => target.value)).not.toContain(address);
  expect((await world.send({ from: address, target: "/orders" })).status).toBe(200);
}

test("what a client puts into X-Forwarded-For before the trusted proxy neither hides him nor blames others", async () => {
  const attacker = "203.0.113.50";
  // The proxy appends the address it sees; all to the left of it is the client's invention, new in each request.
  const forged = (i: number) => `${VICTIM}, 198.51.100.${i + 1}, ${attacker}`;
  await sendMany(world, 12, (i) => injection(forged(i), i));
  const isWhole = (one: IncidentView) => isAbout(attacker)(one) && one.counts.requests >= 12;
  expect((await untilIncident(world, isWhole)).counts.requests).toBe(12);
  await untilAction(world, isOn(attacker));
  await untilAnswered(world, { from: forged(99), target: "/orders" }, 403);
  await expectUnharmed(VICTIM);
  await expectUnharmed("198.51.100.1");
});

test("X-Forwarded-For from a peer that is no trusted proxy is not looked at", async () => {
  const direct = async (target: string) =>
    call(`${world.gateway.proxyUrl}${target}`, {
      headers: { "x-forwarded-for": "192.0.2.78", "x-real-ip": "192.0.2.78", forwarded: "for=192.0.2.78" },
      localAddress: "127.0.0.2",
    });
  for (let i = 0; i < 12; i++) expect((await direct(injection("", i).target!)).status).toBe(403);
  // Both workers report for themselves, and not at the same moment.
  const isWhole = (one: IncidentView) => isAbout("127.0.0.2")(one) && one.counts.requests >= 12;
  const incident = await untilIncident(world, isWhole);
  expect(incident.counts).toMatchObject({ requests: 12, stopped: 12 });
  await expectUnharmed("192.0.2.78");
});
