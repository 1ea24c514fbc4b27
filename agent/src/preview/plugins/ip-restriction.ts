import { createAddressList } from "../address-list.ts";
import { type Check, stoppedBy } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Denied beats allowed; a list of the allowed denies all others. */
export function ipRestriction({ config }: PluginInstance): Check {
  const deny = listOf(config.deny);
  const allow = listOf(config.allow);
  const isDenied = createAddressList(deny);
  const isAllowed = createAddressList(allow);
  const stopped = stoppedBy("ip-restriction", typeof config.status === "number" ? config.status : 403);
  return ({ ip }) => (isDenied(ip) || (allow.length > 0 && !isAllowed(ip)) ? stopped : null);
}
