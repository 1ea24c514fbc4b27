export { compile, type HotPatch, patchOf } from "./compile.ts";
export { type Condition, conditionSchema } from "./condition.ts";
export { matches } from "./matches.ts";
export type { PatchRequest } from "./request.ts";
export { isInShare } from "./share.ts";
