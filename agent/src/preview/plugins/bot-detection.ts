import { type Check, type Outcome, stoppedBy, unsure } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";

const STOPPED = stoppedBy("bot-detection", 403);
const UNKNOWN = unsure("bot-detection", "the user agent");

/** What is configured; the crawlers that the plugin knows by itself are not in it. */
export function botDetection({ config }: PluginInstance): Check {
  const allow = patternsOf(config.allow);
  const deny = patternsOf(config.deny);
  const known = new Map<string, Outcome | null>();
  return ({ user_agent, header_names }) => {
    if (user_agent === undefined) return header_names.includes("user-agent") ? UNKNOWN : null;
    let outcome = known.get(user_agent);
    if (outcome === undefined) {
      const isStopped = !allow.some((one) => one.test(user_agent)) && deny.some((one) => one.test(user_agent));
      outcome = isStopped ? STOPPED : null;
      known.set(user_agent, outcome);
    }
    return outcome;
  };
}

function patternsOf(list: unknown): RegExp[] {
  return Array.isArray(list) ? list.flatMap((one) => patternOf(String(one))) : [];
}

/** PCRE's inline flag is the only thing of it in use that JavaScript lacks; what else does not compile matches nothing. */
function patternOf(text: string): RegExp[] {
  const [, flags = "", source = text] = /^\(\?([ims]+)\)([\s\S]*)$/.exec(text) ?? [];
  try {
    return [new RegExp(source, flags)];
  } catch {
    return [];
  }
}
