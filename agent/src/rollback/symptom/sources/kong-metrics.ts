import { LATENCY_BUCKETS } from "../../../../../contract/ingest.ts";
import { AdminApiError } from "../../../drivers/admin-error.ts";

/** Counters of one data plane since it started, as its `/metrics` tells them: by what is counted. */
export type Counters = Record<string, number>;

/** What a counter counts. */
export type Counted =
  | { what: "answers"; route: string; source: string; status: number }
  | { what: "upstream_ms" | "total_ms"; route: string; bucket: number };

const MAX_SERIES = 50_000;
const LINE = /^(kong_[a-z_]+)\{(.*)\} ([0-9.eE+]+|NaN)(?: \d+)?$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
const HISTOGRAMS: Readonly<Record<string, "upstream_ms" | "total_ms">> = {
  kong_upstream_latency_ms_bucket: "upstream_ms",
  kong_request_latency_ms_bucket: "total_ms",
};

/** Of Prometheus' text format only what Kong counts by route; consumers, services and workspaces are summed up. */
export function readMetrics(text: string): Counters {
  const counters: Counters = {};
  let series = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith("kong_http_requests_total{") && !line.includes("_latency_ms_bucket{")) continue;
    const [, name = "", labels = "", value = ""] = LINE.exec(line) ?? [];
    const key = keyOf(
      name,
      Object.fromEntries([...labels.matchAll(LABEL)].map(([, label, is]) => [label, unescaped(is)])),
    );
    if (key === null || !Number.isFinite(Number(value))) continue;
    if (!(key in counters) && ++series > MAX_SERIES)
      throw new AdminApiError("unexpected", null, `the metrics have more than ${MAX_SERIES} series`);
    counters[key] = (counters[key] ?? 0) + Number(value);
  }
  return counters;
}

const unescaped = (text = "") => text.replace(/\\(.)/g, (_all, char: string) => (char === "n" ? "\n" : char));

function keyOf(name: string, labels: Record<string, string>): string | null {
  const { route = "", code, source = "", le } = labels;
  if (name === "kong_http_requests_total") return JSON.stringify(["answers", route, source, Number(code)]);
  const what = HISTOGRAMS[name];
  if (what === undefined || le === undefined) return null;
  return JSON.stringify([what, route, le === "+Inf" || le === "Inf" ? "Inf" : Number(le)]);
}

/**
 * What was counted between two readings. A counter that is smaller than before began anew: its node was restarted. Prometheus'
 * buckets hold what the smaller ones hold, too; here each holds its own.
 */
export function countedBetween(before: Counters, after: Counters): { counted: Counted; count: number }[] {
  const found: { counted: Counted; count: number }[] = [];
  const ladders = new Map<string, [le: number, count: number][]>();
  for (const [key, value] of Object.entries(after)) {
    const was = before[key] ?? 0;
    const count = value < was ? value : value - was;
    const [what, route, ...rest] = JSON.parse(key) as [string, string, ...(string | number)[]];
    if (what === "answers") {
      if (count > 0) found.push({ counted: { what, route, source: String(rest[0]), status: Number(rest[1]) }, count });
      continue;
    }
    const name = JSON.stringify([what, route]);
    const le = rest[0] === "Inf" ? Number.POSITIVE_INFINITY : Number(rest[0]);
    ladders.set(name, [...(ladders.get(name) ?? []), [le, count]]);
  }
  for (const [name, ladder] of ladders) {
    const [what, route] = JSON.parse(name) as ["upstream_ms" | "total_ms", string];
    let below = 0;
    for (const [le, sum] of ladder.sort(([a], [b]) => a - b)) {
      if (sum > below) found.push({ counted: { what, route, bucket: bucketBelow(le) }, count: sum - below });
      below = Math.max(below, sum);
    }
  }
  return found;
}

/** The bucket of `contract/ingest.ts` in which latencies up to that bound end. */
function bucketBelow(le: number): number {
  if (le < 1) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(Math.log2(le)));
}
