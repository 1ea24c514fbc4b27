import type { Scenario } from "./scenario.ts";
import { carrierAddress, healthChecks, marketingPeak, nightAndDay } from "./scenarios/busy-days.ts";
import { creepingFlood, distributedFlood, serviceFlood, sourceFlood, unroutedFlood } from "./scenarios/flood.ts";
import { distributedStuffing, loginOutage, mondayMorning, rotatingStuffing, spraying } from "./scenarios/stuffing.ts";

/** All scenarios, in the order they are played. A new one is a file in `scenarios/` and a line here. */
export const SCENARIOS: readonly Scenario[] = [
  sourceFlood,
  distributedFlood,
  serviceFlood,
  unroutedFlood,
  creepingFlood,
  distributedStuffing,
  rotatingStuffing,
  spraying,
  loginOutage,
  mondayMorning,
  marketingPeak,
  carrierAddress,
  healthChecks,
  nightAndDay,
];
