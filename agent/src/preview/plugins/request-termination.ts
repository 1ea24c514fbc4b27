import { type Check, stoppedBy } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";

/** With a trigger it ends only requests that carry a header or query argument of that name. */
export function requestTermination({ config }: PluginInstance): Check {
  const stopped = stoppedBy("request-termination", typeof config.status_code === "number" ? config.status_code : 503);
  if (typeof config.trigger !== "string" || config.trigger === "") return () => stopped;
  const { trigger } = config;
  const header = trigger.toLowerCase();
  return ({ header_names, query_names = [] }) =>
    header_names.includes(header) || query_names.includes(trigger) ? stopped : null;
}
