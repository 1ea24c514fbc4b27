import type { Selectable } from "kysely";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type MetricReading = Selectable<Database["metric_readings"]>;

export async function lastReading(db: Db, gateway: string, source: string): Promise<MetricReading | null> {
  const query = db.selectFrom("metric_readings").selectAll().where("gateway", "=", gateway);
  return (await query.where("source", "=", source).executeTakeFirst()) ?? null;
}

/** Replaces the last one of its source. */
export async function keepReading(db: Db, reading: MetricReading): Promise<void> {
  const row = { ...reading, counters: json(reading.counters) };
  await db
    .insertInto("metric_readings")
    .values(row)
    .onConflict((conflict) => conflict.columns(["gateway", "source"]).doUpdateSet(row))
    .execute();
}
