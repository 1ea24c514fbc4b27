import { describe, expect, it } from "vitest";
import { LATENCY_BUCKETS } from "../../../../contract/ingest.ts";
import { ANSWER_SLOT_MS, type AnswerSlot } from "../../store/traffic-answers.ts";
import { LatencyWatch, slowShare } from "./watch-latency.ts";

const bucketOf = (ms: number) => (ms < 1 ? 0 : Math.floor(Math.log2(ms)) + 1);

/** One request a latency: what it took, and what of it the service took. */
function slot(n: number, latencies: readonly [total: number, upstream: number][]): AnswerSlot {
  const total_ms = new Array<number>(LATENCY_BUCKETS).fill(0);
  const upstream_ms = [...total_ms];
  for (const [total, upstream] of latencies) {
    total_ms[bucketOf(total)] = (total_ms[bucketOf(total)] ?? 0) + 1;
    upstream_ms[bucketOf(upstream)] = (upstream_ms[bucketOf(upstream)] ?? 0) + 1;
  }
  return { gateway: "g", route_id: "r", slot_start: n * ANSWER_SLOT_MS, answers: [], upstream_ms, total_ms };
}

/** What a watch says to so many slots, of which each is made by its number. */
function watched(slots: number, latencies: (n: number) => [number, number][]) {
  const watch = new LatencyWatch();
  return Array.from({ length: slots }, (_, n) => watch.step(slot(n, latencies(n)))).flatMap((alarm) => alarm ?? []);
}

const times = (count: number, total: number, upstream = total): [number, number][] =>
  Array.from({ length: count }, () => [total, upstream]);
const QUIET = 240;

describe("a route got slow", () => {
  it.each([
    ["where Kong takes the time", 30, 1_000, 20, "gateway"],
    ["where the service takes it", 30, 1_000, 990, "service"],
    ["at little traffic", 2, 2_000, 1_990, "service"],
  ])("%s", (_name, count, total, upstream, side) => {
    const [first] = watched(QUIET + 120, (n) => times(count, n < QUIET ? 30 : total, n < QUIET ? 25 : upstream));
    expect(first?.slow).toEqual({ over_ms: 128, side });
    expect(first?.onset).toBe(QUIET * ANSWER_SLOT_MS);
    expect((first?.at ?? 0) - QUIET * ANSWER_SLOT_MS).toBeLessThanOrEqual(90_000);
  });

  it("for a third of its requests, within minutes", () => {
    const [first] = watched(QUIET + 60, (n) => [...times(8, 30), ...times(4, n < QUIET ? 30 : 900)]);
    expect(first).toMatchObject({ kind: "elevated", slow: { side: "service" } });
  });
});

describe("a route is no slower", () => {
  it.each<[string, (n: number) => [number, number][]]>([
    ["with a few slow requests all the time", (n) => [...times(20, 30), ...times(n % 4 === 0 ? 1 : 0, 3_000)]],
    ["in one bad minute", (n) => times(20, n >= 400 && n < 412 ? 2_000 : 30)],
    ["over a day's course", (n) => times(20, 40 * 2 ** (2 * Math.sin(n / 400)))],
    ["where half of it was always slow", (n) => [...times(10, 30), ...times(10, n % 2 === 0 ? 800 : 700)]],
    ["below what anybody notices", (n) => times(20, n < 600 ? 5 : 100)],
    ["without traffic", () => []],
  ])("%s", (_name, latencies) => expect(watched(1_000, latencies)).toEqual([]));

  it("once it has been so for half an hour", () => {
    const alarms = watched(1_500, (n) => times(10, n < QUIET ? 30 : 900));
    expect(alarms.length).toBeGreaterThan(0);
    expect(Math.max(...alarms.map(({ at }) => at))).toBeLessThan((QUIET + 400) * ANSWER_SLOT_MS);
  });
});

it("counts what took as long or longer", () => {
  expect(slowShare(slot(0, [...times(3, 30), [128, 1], [5_000, 1]]).total_ms, 128)).toBe(0.4);
});
