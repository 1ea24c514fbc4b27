import { z } from "zod";
import type { GatewayDriver } from "../drivers/index.ts";
import type { Incident } from "../store/incidents.ts";
import type { Policy } from "./schema.ts";

const KEPT_MS = 30_000;
const MOST_KEPT = 1_000;
const known = new WeakMap<GatewayDriver, Map<string, { at: number; tags: string[] }>>();
const tagged = z.looseObject({ tags: z.array(z.string()).nullish() });

/** Of the incident's route in Kong; null when they cannot be told, and not asked for when the policy names none. */
export async function tagsOf(
  { driver, policy }: { driver: GatewayDriver | null; policy: () => Policy },
  { scope: { route_id } }: Incident,
): Promise<string[] | null> {
  const { rules, rails } = policy().document;
  const wanted = rails.never_touch.tags.length > 0 || rules.some((rule) => rule.when.scope.tags !== undefined);
  if (!wanted || driver === null || !route_id) return null;
  const kept = known.get(driver) ?? new Map<string, { at: number; tags: string[] }>();
  known.set(driver, kept);
  const before = kept.get(route_id);
  if (before !== undefined && Date.now() - before.at < KEPT_MS) return before.tags;
  try {
    const route = await driver.get("routes", route_id);
    if (route === null) return null;
    const tags = tagged.parse(route).tags ?? [];
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(route_id, { at: Date.now(), tags });
    return tags;
  } catch {
    return null;
  }
}
