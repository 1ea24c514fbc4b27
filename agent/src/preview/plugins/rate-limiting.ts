import { type Check, stoppedBy } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";
import type { RecordedRequest } from "../recorded-request.ts";

type Period = "second" | "minute" | "hour" | "day" | "month" | "year";
type Limit = readonly [Period, number];

const PERIOD_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const PERIODS: readonly Period[] = ["second", "minute", "hour", "day", "month", "year"];

/** Used up so far, by window and client; instances on one scope share what they count, as in Kong. */
export type Counters = Map<string, number>;

/** Kong's windows begin with the calendar's, and requests that were stopped do not count. */
export function rateLimiting(instance: PluginInstance, counters: Counters): Check {
  const { config } = instance;
  const limits = PERIODS.filter((period) => typeof config[period] === "number").map(
    (period): Limit => [period, config[period] as number],
  );
  const status = typeof config.error_code === "number" ? config.error_code : 429;
  const scope = `${instance.route_id ?? ""}|${instance.service_id ?? ""}`;
  const identify = identifierOf(config);
  return (request) => {
    const keys = limits.map(([period]) => `${scope}|${identify(request)}|${period}|${windowOf(period, request.at)}`);
    const isUsedUp = limits.some(([, limit], i) => (counters.get(keys[i] as string) ?? 0) >= limit);
    if (isUsedUp) return stoppedBy("rate-limiting", status);
    for (const key of keys) counters.set(key, (counters.get(key) ?? 0) + request.weight);
    return null;
  };
}

function identifierOf({ limit_by, path }: PluginInstance["config"]): (request: RecordedRequest) => string {
  if (limit_by === "service") return ({ service_id, ip }) => service_id ?? ip;
  if (limit_by === "consumer") return ({ consumer, credential, ip }) => consumer ?? credential ?? ip;
  if (limit_by === "credential") return ({ consumer, credential, ip }) => (consumer === null ? ip : (credential ?? ip));
  if (limit_by === "path") return (request) => (request.path === path ? request.path : request.ip);
  // The values of headers are not recorded: by header it is counted by address.
  return ({ ip }) => ip;
}

function windowOf(period: Period, at: number): number {
  if (period === "month" || period === "year") {
    const date = new Date(at);
    return date.getUTCFullYear() * 12 + (period === "month" ? date.getUTCMonth() : 0);
  }
  return Math.floor(at / PERIOD_MS[period]);
}
