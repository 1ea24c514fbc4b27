import type { Entity } from "../../drivers/gateway.ts";
import { type Check, stoppedBy } from "../outcome.ts";
import { foreignId, type PluginInstance } from "../plugins-in-effect.ts";

/** Groups by consumer. */
export type Groups = ReadonlyMap<string, ReadonlySet<string>>;

export function groupsOf(acls: readonly Entity[]): Groups {
  const groups = new Map<string, Set<string>>();
  for (const acl of acls) {
    const consumer = foreignId(acl, "consumer");
    if (consumer === null) continue;
    const known = groups.get(consumer) ?? new Set();
    groups.set(consumer, known.add(String(acl.group)));
  }
  return groups;
}

/** Who is nobody's consumer is refused; with groups to deny, those to allow are not looked at. */
export function acl({ config }: PluginInstance, groups: Groups): Check {
  const deny = Array.isArray(config.deny) ? config.deny.map(String) : [];
  const listed = deny.length > 0 ? deny : Array.isArray(config.allow) ? config.allow.map(String) : [];
  return ({ consumer }) => {
    if (consumer === null) return stoppedBy("acl", 401);
    const own = groups.get(consumer);
    const isListed = own !== undefined && listed.some((group) => own.has(group));
    return isListed === deny.length > 0 ? stoppedBy("acl", 403) : null;
  };
}
