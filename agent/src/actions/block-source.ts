import { MAX_DECISIONS } from "../../../contract/decision-feed.ts";
import { countDecisionsOn, endDecision, getDecision, putDecision } from "../store/decisions.ts";
import { type ActionKind, ActionRefused } from "./action-kind.ts";

/** A decision's id is the action's: applied twice, it is the same decision. */
const decisionId = (actionId: string) => `d-${actionId}`;

/**
 * Stops or slows one address through the decision feed, wherever it goes and before authentication. Ends by itself in the gateway
 * even when the agent is gone.
 *
 * Example: `203.0.113.7`, `{ action: "block", scope: "login" }` until its expiry.
 */
export const blockSource: ActionKind = {
  type: "block_source",
  needs: "feed",
  risk: "source",

  async apply(action, { db, gateway, now }) {
    const id = decisionId(action.id);
    if ((await getDecision(db, id)) !== null) return { entity_id: id, before_image: null };
    if ((await countDecisionsOn(db, gateway, now())) >= MAX_DECISIONS) {
      throw new ActionRefused(`the feed holds ${MAX_DECISIONS} decisions already, the most it may`);
    }
    const { action: what, ...params } = action.params;
    await putDecision(db, {
      id,
      gateway,
      action: what === "throttle" ? "throttle" : "block",
      kind: "ip",
      value: action.target.value ?? "",
      params: params as Record<string, string | number>,
      action_id: action.id,
      incident_id: action.incident_id,
      created_by: "agent",
      reason: action.reason,
      created_at: now(),
      expires_at: action.expires_at ?? now(),
      ended_at: null,
    });
    return { entity_id: id, before_image: null };
  },

  async undo(action, { db, now }) {
    await endDecision(db, decisionId(action.id), now());
  },

  async verify(action, { db, now }) {
    const decision = await getDecision(db, decisionId(action.id));
    if (decision === null) return "its decision is not in the feed";
    if (decision.ended_at !== null) return "its decision was ended";
    return decision.expires_at <= now() ? "its decision has expired" : null;
  },
};
