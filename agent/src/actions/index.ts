import type { ActionType } from "../store/schema.ts";
import type { ActionKind } from "./action-kind.ts";
import { blockSource } from "./block-source.ts";
import { throttleRoute } from "./throttle-route.ts";

export const ACTION_KINDS: Record<ActionType, ActionKind> = {
  block_source: blockSource,
  throttle_route: throttleRoute,
};
