import { type DecisionAction, type DecisionKind, MAX_DECISIONS } from "../../../contract/decision-feed.ts";
import type { Action } from "../store/actions.ts";
import { countDecisionsOn, endDecision, getDecision, putDecision } from "../store/decisions.ts";
import { type ActionKind, ActionRefused } from "./action-kind.ts";

/** What a decision says beside how long it holds and why. */
interface Decided {
  action: DecisionAction;
  kind: DecisionKind;
  value: string;
  params: Record<string, unknown>;
}

type Declaration = Omit<ActionKind, "needs" | "ends_itself" | "apply" | "undo" | "verify"> & {
  /** Throws `ActionRefused`. */
  decide: (action: Action) => Decided;
};

/** A decision's id is the action's: applied twice, it is the same decision. */
const decisionId = (actionId: string) => `d-${actionId}`;

/** An action that is one decision in the feed. It ends by itself in the gateway even when the agent is gone. */
export function decisionAction({ decide, ...declared }: Declaration): ActionKind {
  return {
    ...declared,
    needs: "feed",
    ends_itself: true,

    async apply(action, { db, gateway, now }) {
      const id = decisionId(action.id);
      const { params, ...decided } = decide(action);
      if ((await getDecision(db, id)) !== null) return { entity_id: id, before_image: null };
      if ((await countDecisionsOn(db, gateway, now())) >= MAX_DECISIONS)
        throw new ActionRefused(`the feed holds ${MAX_DECISIONS} decisions already, the most it may`);
      await putDecision(db, {
        id,
        gateway,
        ...decided,
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
}
