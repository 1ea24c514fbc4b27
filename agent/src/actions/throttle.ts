import { z } from "zod";
import type { ActionType } from "../store/schema.ts";
import { type ActionKind, ActionRefused, type PlannedChange, type Risk } from "./action-kind.ts";
import type { Scope } from "./effective.ts";
import { needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { putPlugin } from "./own-plugin.ts";
import { limitsOf, mergeLimits } from "./rate-limits.ts";

const PLUGIN = "rate-limiting";
const limit = z.number().int().min(1).max(1_000_000).optional();

/** At least one of the windows is needed. */
const params = z.strictObject({
  second: limit,
  minute: limit,
  hour: limit,
  limit_by: z.enum(["ip", "consumer", "credential", "service"]).default("ip"),
});

function throttle(
  type: ActionType,
  risk: Risk,
  scopeOf: (
    target: PlannedChange["target"],
    needs: (type: "routes" | "services" | "consumers", id?: string) => string,
  ) => Scope,
): ActionKind {
  return entityAction({
    type,
    risk,
    ...(risk === "global" ? { aim: "gateway" as const } : {}),
    params,
    plugin: PLUGIN,
    ends_itself: false,
    changes: (action, configuration, gateway) => {
      const scope = scopeOf(action.target, (kind, id) => needEntity(configuration, kind, id).id);
      const limits = limitsOf(action.params);
      if (Object.keys(limits).length === 0) throw new ActionRefused("no limit is given");
      const config = {
        ...limits,
        limit_by: action.params.limit_by ?? "ip",
        policy: "local",
        fault_tolerant: true,
        hide_client_headers: false,
      };
      return putPlugin(action, configuration, gateway, { plugin: PLUGIN, scope, config, merge: mergeLimits });
    },
  });
}

/**
 * Limits how often each client may call one route, with Kong's own rate-limiting.
 *
 * Example: `{ route_id }`, `{ second: 10, limit_by: "ip" }`.
 */
export const throttleRoute = throttle("throttle_route", "route", ({ route_id }, needs) => ({
  route: needs("routes", route_id),
}));

/** As `throttleRoute`, for all routes of a service that have no limit of their own. */
export const throttleService = throttle("throttle_service", "service", ({ service_id }, needs) => ({
  service: needs("services", service_id),
}));

/** One consumer, wherever it goes; seen only after it has authenticated. */
export const throttleConsumer = throttle("throttle_consumer", "consumer", ({ consumer_id, value }, needs) => ({
  consumer: needs("consumers", consumer_id ?? value),
}));

/** Every route that has no limit of its own. */
export const throttleGateway = throttle("throttle_gateway", "global", () => ({}));
