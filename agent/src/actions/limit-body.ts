import { z } from "zod";
import type { Entity } from "../drivers/gateway.ts";
import { configOf, needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { putPlugin } from "./own-plugin.ts";

const PLUGIN = "request-size-limiting";
const BYTES: Record<string, number> = { bytes: 1, kilobytes: 1_024, megabytes: 1_048_576 };
const MAX_KILOBYTES = 1_048_576;

const params = z.strictObject({ kilobytes: z.number().int().min(1).max(MAX_KILOBYTES) });

/** The smaller of both sizes. */
export function smallerBody(ours: Record<string, unknown>, theirs: Entity): Record<string, unknown> {
  const bytesOf = (config: Record<string, unknown>) =>
    Number(config.allowed_payload_size ?? 128) * (BYTES[String(config.size_unit ?? "megabytes")] ?? 1);
  const config = configOf(theirs);
  const tighter = bytesOf(config) < bytesOf(ours) ? config : ours;
  return {
    allowed_payload_size: tighter.allowed_payload_size ?? 128,
    size_unit: tighter.size_unit ?? "megabytes",
    require_content_length: config.require_content_length === true || ours.require_content_length === true,
  };
}

/**
 * Answers 413 to larger bodies on a route, after authentication.
 *
 * Example: `{ route_id }`, `{ kilobytes: 64 }`.
 */
export const limitBody = entityAction({
  type: "limit_body",
  risk: "route",
  params,
  plugin: PLUGIN,
  ends_itself: false,
  changes: (action, configuration, gateway) => {
    const scope = { route: needEntity(configuration, "routes", action.target.route_id).id };
    const config = {
      allowed_payload_size: Number(action.params.kilobytes),
      size_unit: "kilobytes",
      require_content_length: false,
    };
    return putPlugin(action, configuration, gateway, { plugin: PLUGIN, scope, config, merge: smallerBody });
  },
});
