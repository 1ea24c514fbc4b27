import type { Config } from "./configure.ts";

/**
 * An instance on a route or service replaces the global one whole. Where it names no agent it means that of the node's other instances: what it sees is
 * reported, and decisions hold for it. Kong's own table stays as it is.
 */
export const completeConfig = (config: Config, main: Config | undefined): Config => {
  if (main === undefined || config.agent.url !== undefined || config.gateway !== main.gateway) return config;
  const complete = setmetatable({}, { __index: config as object }) as unknown as Config;
  complete.agent = main.agent;
  return complete;
};

/** Whose `hash_key` counts for it, for the same reason. What it is may not be known yet: Kong looks secrets up later, in its own table. */
export const keyConfigOf = (config: Config, main: Config | undefined): Config =>
  config.hash_key === undefined || config.hash_key === "" ? (main ?? config) : config;
