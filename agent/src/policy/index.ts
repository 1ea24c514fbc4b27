export { decide } from "./decide.ts";
export { type MayAct, mayActOf } from "./kill-switch.ts";
export { openPolicyFile, parsePolicy } from "./load.ts";
export type { Decision, Plan, Review, Reviewed } from "./plan.ts";
export type { Policy } from "./schema.ts";
