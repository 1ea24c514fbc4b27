import { isIP } from "node:net";
import { type Configuration, type GatewayKind, TRAFFIC_TYPES } from "../drivers/gateway.ts";
import { AdminApiError, type GatewayDriver } from "../drivers/index.ts";
import type { Plan, Policy, Review, Reviewed } from "../policy/index.ts";
import type { Preview } from "../preview/preview.ts";
import type { Db } from "../store/db.ts";
import { createRecordedTraffic } from "./recorded-traffic.ts";
import { reviewPlan } from "./review.ts";

export interface ReviewParts {
  db: Db;
  gateway: string;
  policy: () => Policy;
  /** By configuration; the policy may say so, too. */
  dryRun: boolean;
  driver: GatewayDriver | null;
  log: { warn(data: object, text: string): void };
  now: () => number;
}

/** Groups decide with whom the plugin acl is content. */
const LOOKED_AT = [...TRAFFIC_TYPES, "acls"] as const;
/** Reading it takes a request for each kind of entity; what is written compares again anyway. */
const FRESH_MS = 5_000;
/** Decisions change nothing there, and must not wait: they are judged by what was known last, and it is read anew meanwhile. */
const GOOD_ENOUGH_MS = 60_000;

interface Known {
  configuration: Configuration;
  mode: GatewayKind;
}

interface Unread {
  /** Why not, and what to do. */
  unread: string;
}

/** Without an Admin API only decisions can be planned, and the plugin that reported enforces them. */
const UNKNOWN: Known = {
  configuration: {
    entities: { plugins: [{ id: "threat-response", name: "threat-response", config: { mode: "enforce" } }] },
    hash: "",
  },
  mode: "traditional",
};

/** Looks at plans between deciding and recording: on the gateway's configuration, and on what was recorded lately. */
export function createReview(parts: ReviewParts): Review {
  const configuration = createConfigurationCache(parts);
  const traffic = createRecordedTraffic(parts.db, parts.gateway, parts.now);
  return async (plan, incident) => {
    const addresses = addressesOf(plan);
    const read = await configuration(addresses === null ? FRESH_MS : GOOD_ENOUGH_MS);
    if ("unread" in read && plan.actions.some(({ vehicle }) => vehicle !== "decision"))
      return unreviewable(read.unread);
    const found = "unread" in read ? UNKNOWN : read;
    const isDry = parts.dryRun || parts.policy().document.dry_run;
    const known = isDry && incident.mode === "monitor" ? asEnforcing(found) : found;
    const { max_good_share, max_legit_share, over_legit_share, refuse_legit_share } = parts.policy().document.rails;
    const { records, totals } = await traffic(incident, addresses, max_good_share);
    const { gateway, now } = parts;
    const limits = { max_legit_share, over_legit_share, refuse_legit_share };
    const reviewed = reviewPlan({ plan, incident, ...known, records, totals, gateway, now: now(), limits });
    return { ...reviewed, preview: shown(reviewed.preview) };
  };
}

const unreviewable = (unread: string): Reviewed => ({
  refuse: `the gateway's configuration cannot be read, so nothing can be planned on it: ${unread}`,
  needs_approval: null,
  preview: null,
  unread,
});

/** A dry run shows what would be done once the plugin, which only monitors yet, enforces. */
function asEnforcing({ configuration, mode }: Known): Known {
  const { entities } = configuration;
  const plugins = (entities.plugins ?? []).map((plugin) =>
    plugin.name === "threat-response"
      ? { ...plugin, config: { ...(plugin.config as object), mode: "enforce" } }
      : plugin,
  );
  return { configuration: { ...configuration, entities: { ...entities, plugins } }, mode };
}

/** Of a plan of decisions about single addresses; null when it may concern others. */
function addressesOf({ actions }: Plan): string[] | null {
  const isSingle = actions.every(({ vehicle, target }) => vehicle === "decision" && isIP(target.value ?? "") !== 0);
  return isSingle ? actions.map(({ target }) => target.value ?? "") : null;
}

function createConfigurationCache({ driver, log, now }: ReviewParts): (maxAge: number) => Promise<Known | Unread> {
  if (driver === null) return () => Promise.resolve(UNKNOWN);
  let last: { at: number; known: Known } | null = null;
  let reading: Promise<Known | Unread> | null = null;
  const read = async (): Promise<Known | Unread> => {
    const at = now();
    try {
      const [configuration, { kind }] = await Promise.all([driver.read(LOOKED_AT), driver.probe()]);
      last = { at, known: { configuration, mode: kind } };
      return last.known;
    } catch (error) {
      const remedy = error instanceof AdminApiError ? ` ${error.remedy}` : "";
      log.warn({ error: (error as Error).message }, `plans are reviewed without the gateway's configuration.${remedy}`);
      return { unread: `${(error as Error).message}.${remedy}` };
    } finally {
      reading = null;
    }
  };
  const refresh = () => {
    reading ??= read();
    return reading;
  };
  void refresh();
  return (maxAge) => {
    const age = last === null ? Number.POSITIVE_INFINITY : now() - last.at;
    const isStale = age > FRESH_MS;
    const newer = isStale ? refresh() : null;
    return last !== null && age <= maxAge ? Promise.resolve(last.known) : (newer ?? refresh());
  };
}

const SHOWN = 20;

/** As it is kept with the plan. */
function shown(preview: Preview | null): Reviewed["preview"] {
  if (preview === null) return null;
  const { masked, security_removed } = preview;
  return { ...preview, masked: masked.slice(0, SHOWN), security_removed: security_removed.slice(0, SHOWN) };
}
