import { sql } from "kysely";
import { declinedSince, plansWaiting } from "../approvals/read.ts";
import type { GatewayDriver } from "../drivers/index.ts";
import { listActionsOn } from "../store/actions.ts";
import type { Db } from "../store/db.ts";
import type { Incident } from "../store/incidents.ts";
import type { MayAct } from "./kill-switch.ts";
import type { DecideContext } from "./plan.ts";
import { NOTHING_USED, type Used } from "./reserve.ts";
import type { Policy } from "./schema.ts";
import { tagsOf } from "./tags.ts";

const HOUR_MS = 3_600_000;
const MAX_ENDED = 2_000;

export interface ContextSource {
  db: Db;
  gateway: string;
  driver: GatewayDriver | null;
  policy: () => Policy;
  mayAct: MayAct;
  now: () => number;
}

/** What the rails need to know, read at one moment. */
export async function gatherContext(
  source: ContextSource,
  incident: Incident,
  dryRun: boolean,
): Promise<DecideContext> {
  const { db, gateway } = source;
  const now = source.now();
  const { cooldown_s } = source.policy().document.approvals;
  return {
    now,
    dry_run: dryRun,
    stopped: await source.mayAct("start", db),
    used: {
      hour: await countActionsSince(db, gateway, now - HOUR_MS, dryRun),
      day: await countActionsSince(db, gateway, now - 24 * HOUR_MS, dryRun),
    },
    active: await listActionsOn(db, gateway),
    ended: await listEnded(db, gateway, now - 24 * HOUR_MS),
    behind: await trafficBehind(db, gateway, incident, now),
    declined: await declinedSince(db, gateway, now - cooldown_s * 1000),
    waiting: await plansWaiting(db, incident.id),
    tags: await tagsOf(source, incident),
    admin_api_refusal: await adminApiRefusal(source.driver),
  };
}

/** By severity. What was never done does not use up the budget of what is. */
async function countActionsSince(db: Db, gateway: string, since: number, dryRun: boolean): Promise<Used> {
  const rows = await db
    .selectFrom("actions")
    .innerJoin("incidents", "incidents.id", "actions.incident_id")
    .select(["incidents.severity", sql<number>`count(*)`.as("count")])
    .where("actions.gateway", "=", gateway)
    .where("actions.created_at", ">", since)
    .where("actions.status", "not in", dryRun ? ["refused"] : ["refused", "dry_run"])
    .groupBy("incidents.severity")
    .execute();
  const used = { ...NOTHING_USED };
  for (const { severity, count } of rows) used[severity] = Number(count);
  return used;
}

function listEnded(db: Db, gateway: string, since: number): Promise<DecideContext["ended"]> {
  const query = db.selectFrom("actions").select(["type", "target", "status", "applied_at", "ended_at", "outcome"]);
  return query
    .where("gateway", "=", gateway)
    .where("ended_at", ">", since)
    .orderBy("ended_at", "desc")
    .limit(MAX_ENDED)
    .execute();
}

/** What other incidents of the same address say about it: the most good and the most bad seen. */
async function trafficBehind(
  db: Db,
  gateway: string,
  incident: Incident,
  now: number,
): Promise<DecideContext["behind"]> {
  const addresses = incident.sources.map((source) => source.ip);
  if (incident.subject_kind === "ip" || addresses.length === 0) return {};
  const rows = await db
    .selectFrom("incidents")
    .select(["subject_value", "counts"])
    .where("gateway", "=", gateway)
    .where("subject_kind", "=", "ip")
    .where("subject_value", "in", addresses)
    .where("last_seen_at", ">", now - HOUR_MS / 6)
    .execute();
  const behind: DecideContext["behind"] = {};
  for (const { subject_value, counts } of rows) {
    const known = behind[subject_value] ?? { good: 0, bad: 0 };
    behind[subject_value] = { good: Math.max(known.good, counts.good), bad: Math.max(known.bad, counts.requests) };
  }
  return behind;
}

/** Kept for a while: what a gateway can do hardly changes. */
const PROBE_MS = 30_000;
const probed = new WeakMap<GatewayDriver, { at: number; refusal: string | null }>();

async function adminApiRefusal(driver: GatewayDriver | null): Promise<string | null> {
  if (driver === null) return "no Admin API is configured (KONG_ADMIN_URL)";
  const known = probed.get(driver);
  if (known !== undefined && Date.now() - known.at < PROBE_MS) return known.refusal;
  try {
    const { writable, database } = await driver.probe();
    const refusal = writable ? null : `the gateway takes no entities (database: ${database}); decisions still work`;
    probed.set(driver, { at: Date.now(), refusal });
    return refusal;
  } catch {
    // It may answer again by the time it is needed; the action itself retries and says what is wrong.
    return null;
  }
}
