import { describe, expect, it } from "vitest";
import { stream, visitors } from "../../scripts/bench/behaviour/crowd.ts";
import { judge } from "../../scripts/bench/behaviour/judge.ts";
import { runScenario } from "../../scripts/bench/behaviour/run-scenario.ts";
import type { Scenario } from "../../scripts/bench/behaviour/scenario.ts";

/** Known clients have a history by then. */
const BEGINS = 90;

const greedy: Scenario = {
  name: "one greedy address",
  category: "api_ddos",
  seconds: 110,
  begins: BEGINS,
  routes: [{ id: "shop", capacity: 100 }],
  actors: (random) => [
    visitors(random, { rate: 5, clients: 20, first: 81, route: "shop", targets: () => "/shop" }),
    stream(random, {
      rate: 200,
      begins: BEGINS,
      make: (at) => ({ at, isAttack: true, ip: "198.18.7.7", target: "/shop", route: "shop" }),
    }),
  ],
  targets: {},
};

describe("the simulated gateway", () => {
  it("plays the same for the same seed, and something else for another", async () => {
    const plays = [await runScenario(greedy, 3), await runScenario(greedy, 3), await runScenario(greedy, 4)];
    const [first, again, other] = plays.map(({ exchanges }) => exchanges.map(({ answer }) => answer));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("answers by the service, until the plugin stops the address", async () => {
    const { exchanges, incidents, failure } = await runScenario(greedy, 3);
    expect(failure).toBeUndefined();
    const attack = exchanges.filter(({ request }) => request.isAttack);
    expect(attack[0]!.answer).toMatchObject({ stopped: false, status: 200 });
    expect(attack.at(-1)!.answer).toMatchObject({ stopped: true });
    expect(exchanges.filter(({ request, answer }) => !request.isAttack && answer.stopped)).toEqual([]);
    expect(incidents[0]).toMatchObject({ category: "api_ddos" });
    expect(incidents[0]!.at).toBeGreaterThan(BEGINS);
  });

  it("stops nothing while the plugin only monitors, so that a full service makes everybody wait", async () => {
    const monitored = { ...greedy, config: { mode: "monitor" }, targets: { slowdown: 2 } };
    const played = await runScenario(monitored, 3);
    expect(played.exchanges.filter(({ answer }) => answer.stopped)).toEqual([]);
    expect(played.incidents.length).toBeGreaterThan(0);
    expect(judge(monitored, played).find(({ name }) => name.includes("p99"))).toMatchObject({ met: false });
  });
});

describe("the judgement of a scenario", () => {
  const calm: Scenario = { ...greedy, name: "calm", actors: (random) => [greedy.actors(random)[0]!] };

  it("counts an attack as found only when its category is reported", async () => {
    const played = await runScenario(calm, 3);
    expect(judge(calm, played)[0]).toMatchObject({ name: "calm: time to detect", value: calm.seconds });
  });

  it("counts incidents of look-alikes as false", async () => {
    const { category: _, ...lookAlike } = greedy;
    const played = await runScenario(greedy, 3);
    expect(judge(lookAlike, played).find(({ name }) => name.endsWith("false incidents"))).toMatchObject({ met: false });
  });
});
