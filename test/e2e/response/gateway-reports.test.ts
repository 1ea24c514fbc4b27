import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventRecord } from "../../../contract/ingest.ts";
import { eventually } from "../../support/eventually.ts";
import { type FeedServer, startFeedServer } from "../../support/feed-server.ts";
import { PARTNER, ROUTE_IDS } from "../entities.ts";
import { injection, PATIENCE_MS, sendMany } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let feeds: FeedServer;
let world: World;

beforeAll(async () => {
  feeds = await startFeedServer();
  world = await startWorld({ agent: false, agentUrl: feeds.url });
});
afterAll(async () => {
  await world?.stop();
  await feeds?.close();
});

type Kind = EventRecord["type"];
const recordsOf = <Type extends Kind>(type: Type) =>
  feeds.records().filter((record): record is Extract<EventRecord, { type: Type }> => record.type === type);

const answersOf = (route: string, source: string, status: number): number => {
  const answers = recordsOf("traffic").filter(({ scope }) => (scope.route_id ?? "") === route);
  const counts = answers.flatMap((record) => record.answers ?? []);
  return counts.reduce(
    (sum, answer) => sum + (answer.source === source && answer.status === status ? answer.count : 0),
    0,
  );
};

const timedOf = (route: string, of: "upstream_ms" | "total_ms"): number => {
  const histograms = recordsOf("traffic").flatMap(({ scope, [of]: buckets }) =>
    scope.route_id === route ? (buckets ?? []) : [],
  );
  return histograms.reduce((sum, count) => sum + count, 0);
};

test("every answer is counted by route, source and status, and what was proxied is timed", async () => {
  const partner = { headers: { apikey: PARTNER.keys[0]! } };
  await sendMany(world, 20, () => ({ from: "203.0.113.1", target: "/orders" }));
  await sendMany(world, 6, () => ({ from: "203.0.113.1", target: "/users/partners" }));
  await sendMany(world, 4, () => ({ from: "203.0.113.1", target: "/users/partners", ...partner }));
  await sendMany(world, 3, () => ({ from: "203.0.113.1", target: "/nowhere" }));
  await world.send(injection("203.0.113.2"));
  await eventually(() => {
    expect(answersOf(ROUTE_IDS.orders, "service", 200)).toBe(20);
    expect(timedOf(ROUTE_IDS.orders, "total_ms")).toBe(20);
    expect(timedOf(ROUTE_IDS.orders, "upstream_ms")).toBe(20);
    expect(answersOf(ROUTE_IDS.partners, "exit", 401)).toBe(6);
    expect(answersOf(ROUTE_IDS.partners, "service", 200)).toBe(4);
    expect(answersOf("", "exit", 404)).toBe(3);
    expect(answersOf(ROUTE_IDS.search, "own", 403)).toBe(1);
  }, PATIENCE_MS);
});

test("recent requests are described without a value of theirs", async () => {
  const secret = "hunter2-correct-horse";
  const target = `/users/partners?apikey=${PARTNER.keys[1]}&page=${secret}`;
  await world.send({ from: "203.0.113.9", target, headers: { "x-note": secret } });
  await eventually(() => {
    const described = recordsOf("requests").flatMap(({ requests }) => requests);
    const found = described.find(({ ip }) => ip === "203.0.113.9");
    expect(found).toMatchObject({
      method: "GET",
      path: "/users/partners",
      route_id: ROUTE_IDS.partners,
      consumer: PARTNER.id,
      query: ["apikey", "page"],
      status: 200,
      source: "service",
      verdict: "allow",
      agent: "Firefox",
    });
    expect(found!.credential).toMatch(/^[0-9a-f]{16}$/);
    expect(found!.headers).toContain("x-note");
  }, PATIENCE_MS);
  const all = JSON.stringify(feeds.records());
  for (const value of [secret, ...PARTNER.keys]) expect(all).not.toContain(value);
});

test("the node says when it was configured, and how often", async () => {
  await eventually(() => expect(feeds.health()?.configured_at).toBeGreaterThan(Date.now() / 1000 - 600), PATIENCE_MS);
  expect(feeds.health()!.configured_at).toBeLessThanOrEqual(Date.now() / 1000 + 1);
  expect(feeds.health()!.configures).toBeGreaterThanOrEqual(1);
});
