import type { ResponseParts } from "../../response-parts.ts";
import { getConfiguration, listChanges } from "../../store/history.ts";
import { type RecentRequest, recentRequests } from "../../store/request-ring.ts";
import { type AnswerSlot, latencyQuantile, sumAnswers, trafficAnswers } from "../../store/traffic-answers.ts";
import { countedOf, errorsOf, type RouteAlarm } from "../symptom/monitor.ts";
import { type Slowness, slowShare } from "../symptom/watch-latency.ts";
import type { ConfigurationChange, Symptom } from "./attribute.ts";

const BEFORE_MS = 10 * 60_000;
const LOOK_BACK_MS = 40 * 60_000;
const MAX_REQUESTS = 20_000;

/** What was seen around the alarms, for the search for their cause. */
export async function gatherSymptom(parts: ResponseParts, alarms: readonly RouteAlarm[]): Promise<Symptom> {
  const { db, gateway } = parts;
  const now = parts.now();
  const { onset, routes } = scopeOf(alarms);
  return symptomOf(alarms, {
    now,
    before: await trafficAnswers(db, gateway, null, onset - BEFORE_MS, onset),
    since: await trafficAnswers(db, gateway, null, onset, now),
    requests: await recentRequests(db, gateway, { from: onset - BEFORE_MS, to: now, limit: MAX_REQUESTS }),
    suspicious: await suspiciousShare(parts, routes, onset),
  });
}

export interface SeenAround {
  now: number;
  /** Answers of all routes, before the onset and since. */
  before: readonly AnswerSlot[];
  since: readonly AnswerSlot[];
  /** A sample of both. */
  requests: readonly Pick<RecentRequest, "at" | "ip" | "route_id" | "source" | "status" | "latency_ms">[];
  suspicious: number;
}

const scopeOf = (alarms: readonly RouteAlarm[]) => ({
  onset: Math.min(...alarms.map(({ alarm }) => alarm.onset)),
  routes: [...new Set(alarms.map(({ route }) => route))],
});

/** Where errors are among the alarms, they are what is looked into. */
const slownessOf = (alarms: readonly RouteAlarm[]): Slowness | null =>
  alarms.every(({ alarm }) => alarm.slow !== undefined) ? (alarms[0]?.alarm.slow ?? null) : null;

/** Pure. */
export function symptomOf(
  alarms: readonly RouteAlarm[],
  { now, before, since, requests, suspicious }: SeenAround,
): Symptom {
  const { onset, routes } = scopeOf(alarms);
  const slow = slownessOf(alarms);
  const own = (slots: readonly AnswerSlot[]) => slots.filter(({ route_id }) => routes.includes(route_id));
  const was = sumAnswers(own(before));
  const is = sumAnswers(own(since));
  const usual = rate(was.answers, own(before), onset - BEFORE_MS, onset);
  return {
    onset,
    routes,
    answers: is.answers,
    slow,
    others: othersOf(before, since, routes, slow),
    known_good: knownGood(requests, routes, onset, slow),
    surge: rate(is.answers, own(since), onset, now) / Math.max(usual, 0.01),
    suspicious,
    upstream_p95_ms: latencyQuantile(was.upstream_ms, 0.95),
  };
}

/** Requests a second while there was traffic: a route that was new or quiet before is no surge. */
function rate(
  answers: Parameters<typeof countedOf>[0],
  slots: readonly AnswerSlot[],
  from: number,
  to: number,
): number {
  const first = slots[0]?.slot_start ?? from;
  return countedOf(answers) / Math.max((to - Math.max(first, from)) / 1000, 5);
}

function othersOf(
  before: readonly AnswerSlot[],
  since: readonly AnswerSlot[],
  routes: readonly string[],
  slow: Slowness | null,
): Symptom["others"] {
  const ids = [...new Set(since.map(({ route_id }) => route_id))].filter((id) => !routes.includes(id));
  const share = (slots: readonly AnswerSlot[], id: string) => {
    const { answers, total_ms } = sumAnswers(slots.filter(({ route_id }) => route_id === id));
    if (slow !== null) return slowShare(total_ms, slow.over_ms);
    return errorsOf(answers, "failed") / Math.max(1, countedOf(answers));
  };
  return ids.map((route) => ({ route, before: share(before, route), since: share(since, route) }));
}

/** Addresses that were well on these routes before, and what became of them. */
function knownGood(
  requests: SeenAround["requests"],
  routes: readonly string[],
  onset: number,
  slow: Slowness | null,
): Symptom["known_good"] {
  const here = requests.filter(
    ({ route_id, source }) => source !== "own" && (routes.includes(route_id ?? "") || routes.includes("")),
  );
  const isSlow = ({ latency_ms }: SeenAround["requests"][number]) => slow !== null && latency_ms >= slow.over_ms;
  const good = new Set(here.filter((one) => one.at < onset && one.status < 400 && !isSlow(one)).map(({ ip }) => ip));
  const later = here.filter(({ at, ip }) => at >= onset && good.has(ip));
  const isError = (one: SeenAround["requests"][number]) =>
    slow === null ? one.status >= 500 || (one.status >= 400 && one.source !== "service") : isSlow(one);
  return {
    seen: new Set(later.map(({ ip }) => ip)).size,
    hit: new Set(later.filter(isError).map(({ ip }) => ip)).size,
  };
}

async function suspiciousShare(
  { db, gateway }: ResponseParts,
  routes: readonly string[],
  onset: number,
): Promise<number> {
  const rows = await db
    .selectFrom("traffic")
    .select(({ fn }) => [
      fn.sum<number>("requests").as("requests"),
      fn.sum<number>("suspicious").as("suspicious"),
      fn.sum<number>("stopped").as("stopped"),
    ])
    .where("gateway", "=", gateway)
    .where("route_id", "in", [...routes])
    .where("window_start", ">=", onset)
    .executeTakeFirst();
  return (Number(rows?.suspicious ?? 0) + Number(rows?.stopped ?? 0)) / Math.max(1, Number(rows?.requests ?? 0));
}

/** Changes that can be the cause, with the configurations around them; this agent's own mitigations are judged elsewhere. */
export async function gatherChanges({ db, gateway }: ResponseParts, onset: number): Promise<ConfigurationChange[]> {
  const rows = await listChanges(db, gateway, { since: onset - LOOK_BACK_MS, limit: 50 });
  const changes: ConfigurationChange[] = [];
  for (const row of rows.filter(({ by_agent }) => !by_agent)) {
    const before = await getConfiguration(db, gateway, row.before_hash);
    const after = await getConfiguration(db, gateway, row.after_hash);
    if (before !== null && after !== null)
      changes.push({ id: row.id, applied_at: row.applied_at, diffs: row.diffs, before, after });
  }
  return changes;
}
