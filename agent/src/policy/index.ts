export { decide } from "./decide.ts";
export { openPolicyFile, PolicyError, type PolicyFile, parsePolicy } from "./load.ts";
export {
  type DecideContext,
  type Decision,
  OBSERVE,
  type Plan,
  type PlannedAction,
  type Refusal,
  targetName,
} from "./plan.ts";
export type { Policy } from "./schema.ts";
