import { z } from "zod";
import type { Entity } from "../drivers/gateway.ts";
import { ActionRefused } from "./action-kind.ts";
import { configOf, needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { describe, putPlugin } from "./own-plugin.ts";

const PLUGIN = "request-termination";

const params = z.strictObject({
  status: z.number().int().min(400).max(599).default(503),
  message: z.string().min(1).max(200).optional(),
});

const forConsumer = z.strictObject({ ...params.shape, status: z.number().int().min(400).max(599).default(403) });

/** One that ends all requests is as strict as any; one that waits for a header of the client's is somebody's own. */
function refuseOther(ours: Record<string, unknown>, theirs: Entity): Record<string, unknown> {
  const { trigger } = configOf(theirs);
  if (typeof trigger !== "string") throw new ActionRefused(`${describe(theirs)} ends these requests already`);
  return ours;
}

const configFor = (params: Record<string, unknown>) => ({
  status_code: Number(params.status ?? 503),
  message: String(params.message ?? "Temporarily unavailable"),
});

/**
 * Answers every request of a route with a status, after authentication.
 *
 * Example: `{ route_id }`, `{ status: 503 }`.
 */
export const terminateRoute = entityAction({
  type: "terminate_route",
  risk: "route",
  params,
  plugin: PLUGIN,
  ends_itself: false,
  changes: (action, configuration, gateway) => {
    const scope = { route: needEntity(configuration, "routes", action.target.route_id).id };
    const config = configFor(action.params);
    const onRoute = { plugin: PLUGIN, scope, config, merge: refuseOther };
    return putPlugin(action, configuration, gateway, onRoute);
  },
});

/** Answers every request that a consumer has authenticated with 403; the decision feed stops it earlier where it can. */
export const blockConsumer = entityAction({
  type: "block_consumer",
  risk: "consumer",
  params: forConsumer,
  plugin: PLUGIN,
  ends_itself: false,
  changes: (action, configuration, gateway) => {
    const { consumer_id, value } = action.target;
    const scope = { consumer: needEntity(configuration, "consumers", consumer_id ?? value).id };
    const config = configFor({ status: 403, message: "Forbidden", ...action.params });
    // What ends a route's requests for all ends them for the consumer, too: nothing is loosened.
    const merge = (ours: Record<string, unknown>) => ours;
    return putPlugin(action, configuration, gateway, { plugin: PLUGIN, scope, config, merge });
  },
});
