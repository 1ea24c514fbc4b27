import type { Policy } from "../policy/index.ts";
import { registrationIds } from "./entities.ts";

/** The policy with the agent's own route among what is never touched: who needs it most is under attack. */
export function sparingOwnRoute(current: () => Policy, gateway: string): () => Policy {
  const { route, service } = registrationIds(gateway);
  let last: { from: Policy; to: Policy } | null = null;
  return () => {
    const from = current();
    if (last?.from !== from) last = { from, to: spare(from, [route, service, `threat-response-${gateway}`]) };
    return last.to;
  };
}

function spare(policy: Policy, names: string[]): Policy {
  const { rails } = policy.document;
  const never_touch = { ...rails.never_touch, routes: [...rails.never_touch.routes, ...names] };
  return { ...policy, document: { ...policy.document, rails: { ...rails, never_touch } } };
}
