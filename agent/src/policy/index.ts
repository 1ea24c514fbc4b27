export { decide } from "./decide.ts";
export { recordPolicy } from "./in-force.ts";
export { type MayAct, mayActOf } from "./kill-switch.ts";
export { openPolicyFile, parsePolicy } from "./load.ts";
export {
  type Decision,
  NOTHING_NEW,
  observePlan,
  type Plan,
  type PlannedAction,
  type Review,
  type Reviewed,
} from "./plan.ts";
export type { Policy, Rails } from "./schema.ts";
