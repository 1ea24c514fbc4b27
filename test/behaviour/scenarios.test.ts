import { expect, it } from "vitest";
import { judge } from "../../scripts/bench/behaviour/judge.ts";
import { runScenario } from "../../scripts/bench/behaviour/run-scenario.ts";
import { probing } from "../../scripts/bench/behaviour/scenarios/abuse.ts";
import { healthChecks } from "../../scripts/bench/behaviour/scenarios/busy-days.ts";
import { deploy, lostRoute, quietOutage, retryStorm } from "../../scripts/bench/behaviour/scenarios/errors.ts";
import { distributedFlood, sourceFlood } from "../../scripts/bench/behaviour/scenarios/flood.ts";

const SEED = 11;

/** The short scenarios of bench:behaviour; all of them meet their targets there for any seed. */
it.each(
  [sourceFlood, distributedFlood, probing, quietOutage, lostRoute, healthChecks, deploy, retryStorm].map(
    (scenario) => [scenario.name, scenario] as const,
  ),
)("%s", async (_, scenario) => {
  const measures = judge(scenario, await runScenario(scenario, SEED));
  expect(measures.filter(({ met }) => met === false)).toEqual([]);
});
