import { z } from "zod";
import type { Entity } from "../drivers/gateway.ts";
import { ActionRefused } from "./action-kind.ts";
import { configOf } from "./entities.ts";
import { smallerBody } from "./limit-body.ts";
import { describe } from "./own-plugin.ts";
import { limitsOf, mergeLimits, tightest } from "./rate-limits.ts";

type Config = Record<string, unknown>;
const limit = z.number().int().min(1).max(1_000_000).optional();

/** What is asked of the requests on an overlay beside what the original asks; at least one is needed. */
export const overlayParams = z
  .strictObject({
    second: limit,
    minute: limit,
    hour: limit,
    limit_by: z.enum(["ip", "consumer", "credential", "service"]).default("ip"),
    kilobytes: z.number().int().min(1).max(1_048_576).optional(),
    status: z.number().int().min(400).max(599).optional(),
    message: z.string().min(1).max(200).optional(),
    /** Of a honeypot or a fallback; a service of the gateway's, named by the policy alone. */
    service_id: z.string().min(1).max(100).optional(),
  })
  .refine((given) => Object.keys(given).some((name) => name !== "limit_by" && name !== "message"), {
    message: "a limit, kilobytes, status or service_id is needed",
  });

/** A plugin that the overlay has for the action's sake. */
export interface Mitigation {
  plugin: string;
  config: Config;
  /** Beside one of a wider scope, which it hides. */
  merge: (ours: Config, theirs: Entity) => Config;
  /** In place of the copy of the original's own: as strict as both. */
  replace: (ours: Config, theirs: Entity) => Config;
}

export function mitigationsOf(params: Config): Mitigation[] {
  const { kilobytes, status, message, limit_by = "ip" } = params;
  const limits = limitsOf(params);
  const found: Mitigation[] = [];
  if (Object.keys(limits).length > 0) {
    const config = { ...limits, limit_by, policy: "local", fault_tolerant: true, hide_client_headers: false };
    found.push({ plugin: "rate-limiting", config, merge: mergeLimits, replace: limitTighter });
  }
  if (kilobytes !== undefined) {
    const config = { allowed_payload_size: Number(kilobytes), size_unit: "kilobytes", require_content_length: false };
    found.push({ plugin: "request-size-limiting", config, merge: smallerBody, replace: smallerBody });
  }
  if (status !== undefined) {
    const config = { status_code: Number(status), message: String(message ?? "Temporarily unavailable") };
    found.push({ plugin: "request-termination", config, merge: keepOurs, replace: keepOurs });
  }
  return found;
}

/** One that ends all requests is as strict as any. */
const keepOurs = (ours: Config): Config => ours;

/** Theirs with the tighter limits; how and where they are counted stays. */
function limitTighter(ours: Config, theirs: Entity): Config {
  const { limit_by } = configOf(theirs);
  if (limit_by !== ours.limit_by)
    throw new ActionRefused(
      `${describe(theirs)} limits by ${String(limit_by)}, and one by ${String(ours.limit_by)} would replace it`,
    );
  return { ...configOf(theirs), ...tightest(limitsOf(ours), limitsOf(configOf(theirs))) };
}

/**
 * Of a copy, which begins to count anew: half of the original's, so that who comes over from there gets no more than before in the windows to
 * come.
 */
export function halved(config: Config): Config {
  const halves = Object.entries(limitsOf(config)).map(([window, value]) => [
    window,
    Math.max(1, Math.floor(value / 2)),
  ]);
  return { ...config, ...Object.fromEntries(halves) };
}
