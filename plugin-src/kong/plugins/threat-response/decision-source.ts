import { compileRanges, parseRange, type RangeSet } from "./cidr.ts";
import type { Config } from "./configure.ts";
import { type HttpTarget, parseUrl } from "./http-client.ts";
import { logOccasionally } from "./occasional-log.ts";

/** Where this node's decisions come from, and whom they never hit: compiled from all instances' configurations. */
export interface DecisionSource {
  gateway: string;
  /** As Kong hands it over: rotated secrets show up here. */
  agent: Config["agent"];
  http: HttpTarget;
  spared: RangeSet;
  /** Changes when decisions may be judged differently than before. */
  identity: string;
}

const LOOPBACK = ["127.0.0.0/8", "::1/128"];

function readTrustedIps(): string[] {
  return kong.configuration.trusted_ips ?? [];
}

/** A trust in everybody names no proxy; sparing everybody would refuse every decision. */
function addRanges(all: string[], ranges: string[]): void {
  for (const text of ranges) {
    if (parseRange(text)?.length === 0) {
      logOccasionally(
        ngx.WARN,
        "trusts-all",
        `${text} in trusted proxies or allow lists names nobody: decisions ignore it`,
      );
    } else {
      all.push(text);
    }
  }
}

function listSpared(configs: Config[]): string[] {
  const all: string[] = [];
  addRanges(all, LOOPBACK);
  const [known, trusted] = pcall(readTrustedIps);
  if (known) {
    addRanges(all, trusted as string[]);
  }
  for (const config of configs) {
    addRanges(all, config.trusted_proxies);
    addRanges(all, config.allow.cidrs);
  }
  return all;
}

/** The instance that names the agent; among several the one with the lowest id, so that all workers choose the same. */
function chooseConfig(configs: Config[]): Config | undefined {
  let chosen: Config | undefined;
  for (const config of configs) {
    const { url, key_id, secret, feed_secret } = config.agent;
    if (url !== undefined && key_id !== undefined && secret !== undefined && feed_secret !== undefined) {
      if (chosen === undefined || (config.__plugin_id ?? "") < (chosen.__plugin_id ?? "")) {
        chosen = config;
      }
    }
  }
  for (const config of configs) {
    if (chosen !== undefined && config.agent.url !== undefined && config.gateway !== chosen.gateway) {
      const message = `a node follows one feed: gateway ${chosen.gateway}. Instances of gateway ${config.gateway} get no decisions`;
      logOccasionally(ngx.WARN, "two-feeds", message);
    }
  }
  return chosen;
}

/** Undefined when no instance names an agent. */
export function compileSource(configs: Config[]): DecisionSource | undefined {
  const config = chooseConfig(configs);
  const http = parseUrl(config?.agent.url ?? "");
  if (config === undefined || http === undefined) {
    return undefined;
  }
  const spared = listSpared(configs);
  return {
    gateway: config.gateway,
    agent: config.agent,
    http,
    spared: compileRanges(spared) as RangeSet,
    identity: `${config.gateway} ${config.agent.url} ${table.concat(spared, " ")}`,
  };
}
