import type { LearnedRecord } from "../../../contract/ingest.ts";
import { BASELINES_AT_ONCE, MAX_BASELINES, MAX_LOGINS } from "../../../contract/learning.ts";
import type { Db } from "../store/db.ts";
import type { StoredEvent } from "../store/events.ts";
import { advanceLearned } from "../store/learned.ts";
import { baselineNames, putBaseline, putLogin } from "../store/learned-baselines.ts";

/** Keeps what nodes say that is usual, the latest of each. A new login path is told to the others at once; rates are for nodes that start. */
export async function takeBaselines(
  db: Db,
  gateway: string,
  events: readonly StoredEvent[],
  now: number,
): Promise<void> {
  const records = events.map(({ node, record }) => ({ node, ...(record as LearnedRecord) }));
  const names = records.some(({ baselines }) => baselines) ? await baselineNames(db, gateway) : new Set<string>();
  for (const { node, baselines = [] } of records) {
    for (const baseline of baselines.slice(0, BASELINES_AT_ONCE)) {
      if (!names.has(baseline.name) && names.size >= MAX_BASELINES) continue;
      names.add(baseline.name);
      await putBaseline(db, { gateway, node, name: baseline.name, baseline, reported_at: now });
    }
  }
  let isNew = false;
  for (const path of records.flatMap(({ logins = [] }) => logins.slice(0, MAX_LOGINS)))
    isNew = (await putLogin(db, gateway, path, now)) || isNew;
  if (isNew) await advanceLearned(db, gateway);
}
