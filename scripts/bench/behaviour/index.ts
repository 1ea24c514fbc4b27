import type { Scenario } from "./scenario.ts";
import { distributedFlood, sourceFlood } from "./scenarios/flood.ts";
import { distributedStuffing } from "./scenarios/stuffing.ts";

/** All scenarios, in the order they are played. */
export const SCENARIOS: readonly Scenario[] = [sourceFlood, distributedFlood, distributedStuffing];
