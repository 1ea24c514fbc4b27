import type { Config } from "./configure.ts";
import type { Facts } from "./features/facts.ts";
import { uninspectedReason } from "./payload/inspection.ts";
import type { Ruling } from "./verdict.ts";

/** Remembers it with the request, for its log line and the counts of its route. */
export const noteUninspected = (facts: Facts): void => {
  const reason = facts.isInspected ? uninspectedReason() : undefined;
  if (reason === undefined) return;
  facts.uninspected = reason;
  kong.log.set_serialize_value("threat_response", { verdict: "allow", uninspected: reason });
};

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
