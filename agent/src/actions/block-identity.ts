import { z } from "zod";
import { ActionRefused } from "./action-kind.ts";
import { decisionAction } from "./decision-action.ts";
import { subjectOf } from "./subject.ts";

const params = z.strictObject({
  action: z.enum(["block", "throttle"]).default("block"),
  /** Of a throttled one. */
  rps: z.number().positive().max(1_000).optional(),
});

/**
 * Stops or slows one consumer or credential, from wherever it comes and before authentication, as far as the gateway has seen that
 * credential authenticated.
 *
 * Example: `{ kind: "credential", value: "0123456789abcdef" }`, `{ action: "throttle", rps: 2 }`.
 */
export const blockIdentity = decisionAction({
  type: "block_identity",
  risk: "consumer",
  params,
  decide: ({ target, params: { action, ...rest } }) => {
    const subject = subjectOf(target);
    if (subject.kind === "ip") throw new ActionRefused("an address is no identity");
    return { action: action === "throttle" ? "throttle" : "block", ...subject, params: rest };
  },
});
