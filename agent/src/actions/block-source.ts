import { decisionAction } from "./decision-action.ts";

/**
 * Stops or slows one address through the decision feed, wherever it goes and before authentication.
 *
 * Example: `203.0.113.7`, `{ action: "block", scope: "login" }` until its expiry.
 */
export const blockSource = decisionAction({
  type: "block_source",
  risk: "source",
  decide: ({ target, params: { action, ...params } }) => ({
    action: action === "throttle" ? "throttle" : "block",
    kind: "ip",
    value: target.value ?? "",
    params,
  }),
});
