import { z } from "zod";
import type { ActionType } from "../store/schema.ts";
import { type ActionKind, ActionRefused, type PlannedChange, type Risk } from "./action-kind.ts";
import { instanceOn } from "./effective.ts";
import { needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { editEntity, restoreOf, valueAt } from "./restore-tag.ts";

const PLUGIN = "threat-response";
/** Smaller is stricter for all of them. */
const PATHS = {
  flag: ["config", "thresholds", "flag"],
  block: ["config", "thresholds", "block"],
  max_per_ip: ["config", "flood", "max_per_ip"],
  max_failures_per_ip: ["config", "login", "max_failures_per_ip"],
  max_users_per_ip: ["config", "login", "max_users_per_ip"],
} as const;

const params = z.strictObject({
  flag: z.number().int().min(1).max(100).optional(),
  block: z.number().int().min(1).max(100).optional(),
  max_per_ip: z.number().int().min(1).max(10_000_000).optional(),
  max_failures_per_ip: z.number().int().min(1).max(10_000).optional(),
  max_users_per_ip: z.number().int().min(2).max(10_000).optional(),
});

function instanceFor(action: PlannedChange, configuration: Parameters<typeof needEntity>[0]) {
  const { plugin_id } = action.target;
  if (plugin_id !== undefined) return needEntity(configuration, "plugins", plugin_id);
  const there = instanceOn(configuration, PLUGIN, {});
  if (there === null) throw new ActionRefused(`there is no global instance of ${PLUGIN}; name one by plugin_id`);
  return there;
}

function thresholds(
  type: ActionType,
  risk: Risk,
  isMeant: (given: number, now: number) => boolean,
  word: string,
): ActionKind {
  return entityAction({
    type,
    risk,
    aim: "gateway",
    params,
    plugin: PLUGIN,
    ends_itself: false,
    changes: (action, configuration) => {
      const instance = instanceFor(action, configuration);
      if (instance.name !== PLUGIN) throw new ActionRefused(`${instance.id} is not an instance of ${PLUGIN}`);
      const isApplied = restoreOf(instance)?.action === action.id;
      const values = Object.entries(PATHS).flatMap(([name, path]) => {
        const given = action.params[name];
        if (typeof given !== "number") return [];
        const now = valueAt(instance, path);
        if (typeof now === "number" && !isApplied && !isMeant(given, now))
          throw new ActionRefused(`${name} is ${now}; ${given} would not be ${word}`);
        return [[[...path], given] as [string[], unknown]];
      });
      return editEntity(action, "plugins", instance, values);
    },
  });
}

/**
 * Makes the plugin stricter: lower scores and smaller limits.
 *
 * Example: `{}` or `{ plugin_id }`, `{ block: 60 }`.
 */
export const tightenPlugin = thresholds("tighten_plugin", "global", (given, now) => given <= now, "tighter");

/** Makes the plugin more lenient, where it hits the wrong ones. */
export const loosenPlugin = thresholds("loosen_plugin", "security_removing", (given, now) => given >= now, "looser");
