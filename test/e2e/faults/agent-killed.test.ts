import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { testPolicy } from "../policy.ts";
import { injection, isAbout, PATIENCE_MS, sendMany, untilAnswered } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

/** What a killed agent was about to do may wait for its lease to end: blocks have to last until all attackers have theirs. */
const LASTING = {
  name: "injection campaign",
  when: { category: "payload_injection" },
  plans: [{ id: "block_campaign", action: "block_source", ttl_s: 300, min_requests: 5 }],
};

beforeAll(async () => {
  const policy = { ...testPolicy(), rules: [LASTING] };
  world = await startWorld({ policy, plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

const EACH = 6;
/** All rounds together stay below the number at which sources of one route become one distributed incident. */
const PER_ROUND = 8;
/** How long after an attack the agent dies: while records wait, arrive, are correlated, answered. */
const DELAYS_MS = [0, 600, 1_400];

test("an agent that is killed again and again loses no evidence, counts none twice and acts once on each attacker", async () => {
  const attackers: string[] = [];
  for (const [round, delay] of DELAYS_MS.entries()) {
    const fresh = Array.from({ length: PER_ROUND }, (_, i) => `203.0.113.${round * 10 + i + 1}`);
    attackers.push(...fresh);
    await sendMany(world, fresh.length * EACH, (i) => injection(fresh[i % fresh.length]!, i));
    await new Promise((resolve) => setTimeout(resolve, delay));
    await world.agent.kill();
    await world.agent.start();
  }
  await eventually(
    async () => {
      const incidents = await world.agent.client.incidents();
      const counted = attackers.map((ip) => incidents.filter(isAbout(ip)).map(({ counts }) => counts.requests));
      expect(counted).toEqual(attackers.map(() => [EACH]));
      const actions = await world.agent.client.actions();
      const done = attackers.map((ip) => actions.filter(({ target }) => target.value === ip).map(({ error }) => error));
      expect(done).toEqual(attackers.map(() => [null]));
    },
    2 * PATIENCE_MS,
    250,
  );
  // The last ones are still blocked, by decisions of a life that has ended or of this one.
  await untilAnswered(world, { from: attackers.at(-1)!, target: "/orders" }, 403);
});
