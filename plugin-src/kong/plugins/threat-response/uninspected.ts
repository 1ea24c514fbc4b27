import type { Config } from "./configure.ts";
import type { Facts } from "./features/facts.ts";
import { uninspectedReason } from "./payload/inspection.ts";
import type { Ruling } from "./verdict.ts";

/** What the operator wants done with the request inspected last, where something of it could not be inspected. Streams pass: nobody expects otherwise. */
export const ruleUninspected = ({ payload }: Config, facts: Facts): Ruling | undefined => {
  if (!payload.enabled || !facts.isInspected || payload.uninspected === "allow") return undefined;
  const reason = uninspectedReason();
  if (reason === undefined || reason === "streamed") return undefined;
  return {
    verdict: payload.uninspected,
    by: "inspection",
    reason: `not inspected: ${reason}`,
    retry_after: 0,
    score: 0,
  };
};
