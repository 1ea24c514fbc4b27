import { entryOf } from "../entry-of.ts";
import { type Check, stoppedBy } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";
import type { RecordedRequest } from "../recorded-request.ts";

type Period = "second" | "minute" | "hour" | "day" | "month" | "year";

const PERIOD_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const PERIODS: readonly Period[] = ["second", "minute", "hour", "day", "month", "year"];

/** Of one client, by period. */
interface Usage {
  windows: number[];
  counts: number[];
}

/** By scope, then by client: instances on one scope share what they count, as in Kong. */
export type Counters = Map<string, Map<string, Usage>>;

/** Kong's windows begin with the calendar's, and requests that were stopped do not count. */
export function rateLimiting(instance: PluginInstance, counters: Counters): Check {
  const { config } = instance;
  const limits = PERIODS.map((period) => (typeof config[period] === "number" ? config[period] : Number.NaN));
  const used = limits.flatMap((limit, i) => (Number.isNaN(limit) ? [] : [i]));
  const stopped = stoppedBy("rate-limiting", typeof config.error_code === "number" ? config.error_code : 429);
  const clients = entryOf(counters, `${instance.route_id ?? ""}|${instance.service_id ?? ""}`, () => new Map());
  const identify = identifierOf(config);
  return (request) => {
    const usage = entryOf(clients, identify(request), unused);
    for (const i of used) beginWindow(usage, i, request.at);
    if (used.some((i) => (usage.counts[i] ?? 0) >= (limits[i] as number))) return stopped;
    for (const i of used) usage.counts[i] = (usage.counts[i] ?? 0) + request.weight;
    return null;
  };
}

const unused = (): Usage => ({ windows: [], counts: [] });

function beginWindow(usage: Usage, i: number, at: number): void {
  const window = windowOf(PERIODS[i] as Period, at);
  if (usage.windows[i] === window) return;
  usage.windows[i] = window;
  usage.counts[i] = 0;
}

function identifierOf({ limit_by, path }: PluginInstance["config"]): (request: RecordedRequest) => string {
  if (limit_by === "service") return ({ service_id, ip }) => service_id ?? ip;
  if (limit_by === "consumer") return ({ consumer, ip }) => consumer ?? ip;
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
