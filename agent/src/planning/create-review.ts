import { isIP } from "node:net";
import type { Configuration, GatewayKind } from "../drivers/gateway.ts";
import type { GatewayDriver } from "../drivers/index.ts";
import type { Plan, Policy, Review, Reviewed } from "../policy/index.ts";
import type { Preview } from "../preview/preview.ts";
import type { Db } from "../store/db.ts";
import { createRecordedTraffic } from "./recorded-traffic.ts";
import { reviewPlan } from "./review.ts";

export interface ReviewParts {
  db: Db;
  gateway: string;
  policy: () => Policy;
  driver: GatewayDriver | null;
  log: { warn(data: object, text: string): void };
  now: () => number;
}

/** Reading everything takes a request for each kind of entity; what is written compares again anyway. */
const CONFIGURATION_KEPT_MS = 5_000;

interface Known {
  configuration: Configuration;
  mode: GatewayKind;
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
    const known = (await configuration()) ?? UNKNOWN;
    const { max_good_share, max_legit_share, over_legit_share, refuse_legit_share } = parts.policy().document.rails;
    const { records, totals } = await traffic(incident, addressesOf(plan), max_good_share);
    const { gateway, now } = parts;
    const limits = { max_legit_share, over_legit_share, refuse_legit_share };
    const reviewed = reviewPlan({ plan, incident, ...known, records, totals, gateway, now: now(), limits });
    return { ...reviewed, preview: shown(reviewed.preview) };
  };
}

/** Of a plan of decisions about single addresses; null when it may concern others. */
function addressesOf({ actions }: Plan): string[] | null {
  const isSingle = actions.every(({ vehicle, target }) => vehicle === "decision" && isIP(target.value ?? "") !== 0);
  return isSingle ? actions.map(({ target }) => target.value ?? "") : null;
}

function createConfigurationCache({ driver, log, now }: ReviewParts): () => Promise<Known | null> {
  let known: Promise<Known | null> = Promise.resolve(null);
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (from: GatewayDriver): Promise<Known | null> => {
    try {
      const [configuration, { kind }] = await Promise.all([from.read(), from.probe()]);
      return { configuration, mode: kind };
    } catch (error) {
      log.warn({ error: (error as Error).message }, "plans are reviewed without the gateway's configuration");
      return null;
    }
  };
  return () => {
    if (driver === null) return Promise.resolve(null);
    if (now() - readAt > CONFIGURATION_KEPT_MS) {
      readAt = now();
      known = read(driver);
    }
    return known;
  };
}

const SHOWN = 20;

/** As it is kept with the plan. */
function shown(preview: Preview | null): Reviewed["preview"] {
  if (preview === null) return null;
  const { masked, security_removed } = preview;
  return { ...preview, masked: masked.slice(0, SHOWN), security_removed: security_removed.slice(0, SHOWN) };
}
