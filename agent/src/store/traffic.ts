import { type Insertable, type Selectable, sql } from "kysely";
import type { Db } from "./db.ts";
import type { Database, Rates } from "./schema.ts";

export type Traffic = Selectable<Database["traffic"]>;
const COUNTS = [
  "requests",
  "suspicious",
  "suspicious_denied",
  "stopped",
  "clean",
  "clean_ok",
  "clean_denied",
  "errors_service",
  "errors_gateway",
] as const;

/** Adds one node's window to what is there. */
export async function addTraffic(db: Db, window: Insertable<Database["traffic"]>): Promise<void> {
  await db
    .insertInto("traffic")
    .values(window)
    .onConflict((conflict) =>
      conflict
        .columns(["gateway", "route_id", "window_start", "window_ms"])
        .doUpdateSet((update) =>
          Object.fromEntries(
            COUNTS.map((name) => [name, sql`${update.ref(`traffic.${name}`)} + ${window[name] ?? 0}`]),
          ),
        ),
    )
    .execute();
}

export async function addDecisionHits(db: Db, window: Insertable<Database["decision_hits"]>): Promise<void> {
  await db
    .insertInto("decision_hits")
    .values(window)
    .onConflict((conflict) =>
      conflict
        .columns(["decision_id", "window_start", "window_ms"])
        .doUpdateSet({ hits: sql`decision_hits.hits + ${window.hits}` }),
    )
    .execute();
}

/** Sums over a stretch of time; `seconds` is how much of it has been reported. */
export type TrafficSums = Record<(typeof COUNTS)[number], number> & { seconds: number };

/**
 * Of `[from, to)` in epoch milliseconds, of one route or (null) of the whole gateway. Windows that lie across an end count with the
 * share that is inside; with `whole`, those that began before it do not count at all.
 */
export async function trafficSums(
  db: Db,
  gateway: string,
  routeId: string | null,
  { from, to, whole = false }: { from: number; to: number; whole?: boolean },
): Promise<TrafficSums> {
  const inside = sql<number>`(least(window_start + window_ms, ${to}::bigint) - greatest(window_start, ${from}::bigint))::float8 / window_ms`;
  let query = db
    .selectFrom("traffic")
    .where("gateway", "=", gateway)
    .where("window_start", "<", to)
    .where(sql<boolean>`window_start + window_ms > ${from}`);
  if (whole) query = query.where("window_start", ">=", from);
  if (routeId !== null) query = query.where("route_id", "=", routeId);
  const sums = await query.select(COUNTS.map((name) => sumOf(name))).executeTakeFirstOrThrow();
  return { ...sums, seconds: Math.max(to - from, 1) / 1000 };

  function sumOf<Name extends (typeof COUNTS)[number]>(name: Name) {
    return sql<number>`coalesce(sum(${sql.ref(name)} * ${inside}), 0)::float8`.as(name);
  }
}

/** Mean rates over `[from, to)` in epoch milliseconds, of one route or (null) of the whole gateway. */
export async function trafficRates(
  db: Db,
  gateway: string,
  routeId: string | null,
  from: number,
  to: number,
): Promise<Rates> {
  return ratesOf(await trafficSums(db, gateway, routeId, { from, to }));
}

export function ratesOf(sums: TrafficSums): Rates {
  return {
    window_ms: sums.seconds * 1000,
    attack_passed: (sums.suspicious - sums.suspicious_denied) / sums.seconds,
    attack_stopped: (sums.stopped + sums.suspicious_denied) / sums.seconds,
    legitimate_ok: sums.clean_ok / sums.seconds,
    legitimate_denied: sums.clean_denied / sums.seconds,
  };
}

/** Until when gateways have reported, at the latest `until`; null when nothing was since `from`. */
export async function reportedUntil(db: Db, gateway: string, from: number, until: number): Promise<number | null> {
  const query = db.selectFrom("traffic").where("gateway", "=", gateway).where("window_start", ">=", from);
  const row = await query
    .where("window_start", "<", until)
    .select(sql<number | null>`max(least(window_start + window_ms, ${until}::bigint))::float8`.as("until"))
    .executeTakeFirstOrThrow();
  return row.until;
}

/** How often a decision took effect in the windows that start in `[from, to)`. */
export async function decisionHits(db: Db, decisionId: string, from: number, to: number): Promise<number> {
  const query = db
    .selectFrom("decision_hits")
    .where("decision_id", "=", decisionId)
    .where("window_start", ">=", from)
    .where("window_start", "<", to);
  const row = await query.select(sql<number>`coalesce(sum(hits), 0)::float8`.as("hits")).executeTakeFirstOrThrow();
  return row.hits;
}
