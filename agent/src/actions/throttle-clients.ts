import { z } from "zod";
import { UNROUTED } from "../../../contract/decision-feed.ts";
import { decisionAction } from "./decision-action.ts";

const params = z.strictObject({ rps: z.number().positive().max(10_000) });

/**
 * Limits what each address may ask of a route, in the plugin itself and so before authentication; or of paths without a route.
 *
 * Example: `{ route_id }`, `{ rps: 5 }`.
 */
export const throttleClients = decisionAction({
  type: "throttle_clients",
  risk: "route",
  params,
  decide: ({ target, params: rest }) => ({
    action: "throttle",
    kind: "route",
    value: target.route_id || UNROUTED,
    params: rest,
  }),
});
