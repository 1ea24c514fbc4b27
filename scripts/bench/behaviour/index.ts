import type { Scenario } from "./scenario.ts";
import { distributedFlood, sourceFlood } from "./scenarios/flood.ts";

/** All scenarios, in the order they are played. */
export const SCENARIOS: readonly Scenario[] = [sourceFlood, distributedFlood];
