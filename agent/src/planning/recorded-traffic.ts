import { entryOf } from "../preview/entry-of.ts";
import { recordedFrom } from "../preview/from-ring.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import { type Totals, totalsOf } from "../preview/totals.ts";
import type { Db } from "../store/db.ts";
import type { Incident } from "../store/incidents.ts";
import { type RecentRequest, recentRequests } from "../store/request-ring.ts";

/** Plans are tried on the last minutes; that many requests tell shares well enough, and are read and replayed at once. */
const WINDOW_MS = 10 * 60_000;
const MOST = 10_000;
/** Many incidents of one moment look at the same traffic. */
const KEPT_MS = 3_000;

export interface RecordedTraffic {
  records: readonly RecordedRequest[];
  totals: Totals;
}

interface Kept {
  at: number;
  recent: RecentRequest[];
  byAddress: Map<string, RecentRequest[]>;
  traffic: RecordedTraffic;
}

/** What was recorded lately. With `addresses` only theirs, since a plan about them concerns nobody else. */
export function createRecordedTraffic(db: Db, gateway: string, now: () => number) {
  let kept: Promise<Kept> | undefined;
  let readAt = 0;

  const read = async (maxGoodShare: number): Promise<Kept> => {
    const at = now();
    const recent = await recentRequests(db, gateway, { from: at - WINDOW_MS, to: at + 1, limit: MOST });
    const byAddress = new Map<string, RecentRequest[]>();
    for (const request of recent) entryOf(byAddress, request.ip, () => []).push(request);
    const records = recordedFrom(recent, null, maxGoodShare);
    return { at, recent, byAddress, traffic: { records, totals: totalsOf(records) } };
  };

  return async (
    incident: Incident | null,
    addresses: readonly string[] | null,
    maxGoodShare: number,
  ): Promise<RecordedTraffic> => {
    if (kept === undefined || now() - readAt > KEPT_MS) {
      readAt = now();
      kept = read(maxGoodShare);
      kept.catch(() => {
        kept = undefined;
      });
    }
    const { recent, byAddress, traffic } = await kept;
    if (addresses === null) {
      const records = recordedFrom(recent, incident, maxGoodShare);
      return { records, totals: totalsOf(records) };
    }
    const own = addresses.flatMap((address) => byAddress.get(address) ?? []);
    return { records: recordedFrom(own, incident, maxGoodShare), totals: traffic.totals };
  };
}
