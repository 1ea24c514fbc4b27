import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rollUpTraffic } from "../../agent/src/correlation/roll-up.ts";
import { prune, retentionOf } from "../../agent/src/jobs/prune.ts";
import { addBatch, waitingEvents } from "../../agent/src/store/events.ts";
import { configuresOf } from "../../agent/src/store/nodes.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { addRequests, recentRequests } from "../../agent/src/store/request-ring.ts";
import { latencyQuantile, sumAnswers, trafficAnswers } from "../../agent/src/store/traffic-answers.ts";
import type { AnswerCount, EventRecord } from "../../contract/ingest.ts";
import { GatewayNode, requestDescriptor, requestsRecord, trafficRecord } from "../support/gateway-node.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

const HISTOGRAM = (bucket: number, count: number) => Array.from({ length: 18 }, (_, i) => (i === bucket ? count : 0));

describe.each(STORE_KINDS)("what gateways report, on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store.close();
    await home.remove();
  });

  const take = (records: EventRecord[], node = new GatewayNode(), now = Date.now()) => {
    const batch = node.batchOf(records);
    return store.db.transaction().execute((transaction) => addBatch(transaction, batch, "key-1", now));
  };
  const rollUp = async () => {
    const events = await waitingEvents(store.db, "default", 100);
    await store.db.transaction().execute((transaction) => rollUpTraffic(transaction, events));
    await store.db.deleteFrom("events").execute();
  };

  test("answers of all nodes add up by route and slot, also over several turns", async () => {
    const start = 1_000_000_000;
    const answers: AnswerCount[] = [{ source: "service", status: 200, count: 9 }];
    const record = (at: number, given = {}) => trafficRecord({ window_start: at, window_s: 1, answers, ...given });
    await take([record(start), record(start + 1, { total_ms: HISTOGRAM(4, 3) })]);
    await rollUp();
    await take([
      record(start + 4.2, { answers: [{ source: "exit", status: 503, count: 2 }], total_ms: HISTOGRAM(4, 2) }),
    ]);
    // Its middle lies in the next slot.
    await take([record(start + 4.6), record(start, { scope: {} })]);
    await rollUp();
    const slots = await trafficAnswers(store.db, "default", "route-1", start * 1000, (start + 10) * 1000);
    expect(slots.map((slot) => slot.slot_start)).toEqual([start * 1000, (start + 5) * 1000]);
    expect(slots[0]!.answers).toEqual([
      { source: "service", status: 200, count: 18 },
      { source: "exit", status: 503, count: 2 },
    ]);
    expect(slots[0]!.total_ms).toEqual(HISTOGRAM(4, 5));
    expect(await trafficAnswers(store.db, "default", null, start * 1000, (start + 5) * 1000)).toHaveLength(2);
    expect(await trafficAnswers(store.db, "other", null, 0, 2 * start * 1000)).toEqual([]);
  });

  test("recent requests are in a ring that knows no batch twice and forgets what is old", async () => {
    const now = Date.now();
    const node = new GatewayNode();
    const requests = [3, 2, 1].map((age) => requestDescriptor({ at: now / 1000 - age, path: `/${age}` }));
    const batch = node.batchOf([requestsRecord(requests, 7)]);
    for (let times = 0; times < 2; times++)
      await store.db.transaction().execute((transaction) => addBatch(transaction, batch, "key-1", now));
    const range = { from: now - 60_000, to: now, limit: 2 };
    const recent = await recentRequests(store.db, "default", range);
    expect(recent.map(({ path, weight }) => [path, weight])).toEqual([
      ["/1", 7],
      ["/2", 7],
    ]);
    expect(recent[0]!.at).toBe(Math.round(requests[2]!.at * 1000));
    expect(await waitingEvents(store.db, "default", 10)).toEqual([]);
    await prune(store.db, retentionOf(30), now + 15 * 60_000 - 1_500);
    expect((await recentRequests(store.db, "default", { ...range, limit: 9 })).map(({ path }) => path)).toEqual(["/1"]);
  });

  test("a full ring writes over what is oldest", async () => {
    const add = (count: number, path: string) => {
      const requests = Array.from({ length: count }, () => requestDescriptor({ path }));
      return store.db
        .transaction()
        .execute((transaction) => addRequests(transaction, "default", [requestsRecord(requests)], Date.now()));
    };
    await add(1, "/first");
    await add(1, "/second");
    await store.db.updateTable("request_ring_heads").set({ next: 49_999 }).execute();
    await add(2, "/third");
    const all = { from: 0, to: Date.now() + 1, limit: 100 };
    const paths = (await recentRequests(store.db, "default", all)).map(({ path }) => path);
    expect(paths.sort()).toEqual(["/second", "/third", "/third"]);
  });

  test("when nodes were configured is known, once for each time", async () => {
    const say = async (configured_at: number, name: string) => {
      const node = new GatewayNode({ node: name });
      const batch = node.batchOf([]);
      const health = { ...batch.health, configured_at, configures: 1 };
      await store.db
        .transaction()
        .execute((transaction) => addBatch(transaction, { ...batch, health }, "key-1", Date.now()));
    };
    for (const [at, node] of [
      [100.5, "a"],
      [100.5, "a"],
      [0, "a"],
      [101, "b"],
      [160, "a"],
    ] as const)
      await say(at, node);
    expect(await configuresOf(store.db, "default", 100_000, 160_000)).toEqual([
      { gateway: "default", node: "a", at: 100_500 },
      { gateway: "default", node: "b", at: 101_000 },
    ]);
  });
});

test("beyond twelve, the rarest answers go into one", () => {
  const answers = Array.from({ length: 15 }, (_, i) => ({
    source: "service" as const,
    status: 200 + i,
    count: 100 - i,
  }));
  const slot = { answers, upstream_ms: [], total_ms: HISTOGRAM(0, 1) };
  const sums = sumAnswers([slot, { ...slot, answers: [{ source: "other", status: 0, count: 5 }] }]);
  expect(sums.answers).toHaveLength(13);
  expect(sums.answers[12]).toEqual({ source: "other", status: 0, count: 5 + 88 + 87 + 86 });
  expect(sums.requests).toBe(15 * 100 - 105 + 5);
  expect(sums.total_ms).toEqual(HISTOGRAM(0, 2));
});

test.each([
  [HISTOGRAM(0, 5), 0.95, 1],
  [HISTOGRAM(5, 1), 0.5, 32],
  [HISTOGRAM(3, 95).map((count, i) => (i === 10 ? 5 : count)), 0.95, 8],
  [HISTOGRAM(3, 94).map((count, i) => (i === 10 ? 6 : count)), 0.95, 1024],
  [HISTOGRAM(0, 0), 0.95, null],
])("of %j the quantile %d is %j", (histogram, share, expected) => {
  expect(latencyQuantile(histogram, share)).toBe(expected);
});
