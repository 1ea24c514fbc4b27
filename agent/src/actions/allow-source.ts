import { z } from "zod";
import { decisionAction } from "./decision-action.ts";
import { subjectOf } from "./subject.ts";

const params = z.strictObject({ route: z.string().min(1).max(64).optional() });

/**
 * Lets an address, a consumer or a credential pass for a while, whatever else speaks against it.
 *
 * Example: `{ kind: "ip", value: "203.0.113.7" }`, `{}`.
 */
export const allowSource = decisionAction({
  type: "allow_source",
  risk: "security_removing",
  aim: "source",
  params,
  decide: ({ target, params: rest }) => ({ action: "allow", ...subjectOf(target), params: rest }),
});
