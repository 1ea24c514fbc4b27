export { decide } from "./decide.ts";
export { openPolicyFile, parsePolicy } from "./load.ts";
export type { Decision, Plan } from "./plan.ts";
export type { Policy } from "./schema.ts";
