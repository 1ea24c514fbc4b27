/** The gateways that are compared: the same but for one plugin, each with one worker. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type RunningGateway, startGateway } from "../../test/e2e/gateway/gateway.ts";
import type { Target } from "../../test/e2e/gateway/targets.ts";
import { giveLastCore } from "./pinning.ts";
import { FEED_SECRET } from "./start-agent-stand-in.ts";

export interface Contender {
  name: string;
  gateway: RunningGateway;
  port: number;
  worker: number;
}

export interface PluginSpec {
  name: string;
  config: object;
}

/** Limits so wide that load from one address is not taken for an attack: what is measured is the way of a good request. */
export const WIDE_LIMITS = { flood: { max_per_ip: 10_000_000, min_route_rps: 1_000_000 } };

export const LUA = join(import.meta.dirname, "lua");

function sampled(sampling: number): PluginSpec {
  return { name: "threat-response", config: { mode: "enforce", ...WIDE_LIMITS, payload: { sampling } } };
}

export const PLUGINS: Record<string, PluginSpec | undefined> = {
  "no plugin": undefined,
  "no-op plugin": { name: "noop", config: {} },
  "threat-response, monitor": { name: "threat-response", config: { mode: "monitor", ...WIDE_LIMITS } },
  "threat-response, enforce": { name: "threat-response", config: { mode: "enforce", ...WIDE_LIMITS } },
  "threat-response, enforce, sampling 0.25": sampled(0.25),
  "threat-response, enforce, sampling 0": sampled(0),
};

/** Only a real Kong carries the real one. */
export const RATE_LIMITING: PluginSpec = { name: "rate-limiting", config: { second: 1_000_000, policy: "local" } };

export async function startContender(
  target: Target,
  name: string,
  plugin: PluginSpec | undefined,
  backend: number,
): Promise<Contender> {
  const service = { name: "bench", url: `http://127.0.0.1:${backend}`, routes: [{ name: "bench", paths: ["/"] }] };
  const plugins = plugin ? [{ id: randomUUID(), ...plugin }] : [];
  const gateway = await startGateway({
    target,
    database: false,
    workers: 1,
    trustedIps: ["127.0.0.1/32"],
    plugins: ["threat-response", "noop"],
    luaPaths: [LUA],
    entities: { _format_version: "3.0", services: [service], plugins },
  });
  const [worker] = await gateway.workerPids();
  giveLastCore(worker!);
  return { name, gateway, port: Number(new URL(gateway.proxyUrl).port), worker: worker! };
}

export function threatResponseWithAgent(url: string): PluginSpec {
  const agent = { url, key_id: "bench", secret: "ingest-secret-of-the-bench", feed_secret: FEED_SECRET };
  return { name: "threat-response", config: { mode: "enforce", ...WIDE_LIMITS, agent } };
}
