import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { blockLine, type FeedServer, feedOf, now, startFeedServer } from "../../support/feed-server.ts";
import { HASH_KEY, OTHER_PARTNER, PARTNER, ROUTE_IDS } from "../entities.ts";
import { PATIENCE_MS, sendMany, statusesOf, untilAnswered } from "../watch.ts";
import { type ClientRequest, STAFF, startWorld, type World } from "../world.ts";

let feeds: FeedServer;
let world: World;
let sequence = 100;

beforeAll(async () => {
  feeds = await startFeedServer();
  // Only decisions stop anybody here.
  const plugin = { login: { enabled: false }, flood: { enabled: false }, abuse: { enabled: false } };
  world = await startWorld({ agent: false, agentUrl: feeds.url, plugin });
});
afterAll(async () => {
  await world?.stop();
  await feeds?.close();
});

const line = (action: string, kind: string, value: string, id: string, parameters = "") =>
  `${action} ${kind} ${value} ${now() + 600} ${id} -${parameters}`;

const hashOf = (credential: string) =>
  createHmac("sha256", HASH_KEY).update(`credential\n${credential}`).digest("hex").slice(0, 16);

/** In force in every worker once they know of the last decision. */
async function decide(...lines: string[]): Promise<void> {
  sequence += 1;
  const marker = `198.18.0.${sequence - 100}`;
  const all = [...lines, blockLine(marker)];
  feeds.answer(() => feedOf({ sequence, lines: all }));
  await untilAnswered(world, { from: marker, target: "/orders" }, 403);
}

const withKey = (apikey: string, from = "203.0.113.5"): ClientRequest => ({
  from,
  target: "/users/partners",
  headers: { apikey },
});

const hitsOf = (id: string): number => {
  const hits = feeds.records().flatMap((record) => (record.type === "decision_hits" ? record.hits : []));
  return hits.reduce((sum, hit) => sum + (hit.decision === id ? hit.count : 0), 0);
};

test("a block of a credential stops that key, before key-auth answers, and no other", async () => {
  const [first, second] = PARTNER.keys as [string, string];
  await decide();
  expect((await world.send(withKey(first))).status).toBe(200);
  await decide(
    line("block", "credential", hashOf(first), "d-credential"),
    line("block", "credential", hashOf("made-up"), "d-made-up"),
  );
  expect(await world.send(withKey(first))).toMatchObject({ status: 403, reached: false });
  expect((await world.send(withKey(first, "198.51.100.1"))).status).toBe(403);
  expect(await world.send({ from: "203.0.113.5", target: `/users/partners?apikey=${first}` })).toMatchObject({
    status: 403,
  });
  expect((await world.send(withKey(second))).status).toBe(200);
  const stopped = await world.send(withKey("made-up"));
  expect(stopped.status).toBe(403);
  expect(stopped.headers).not.toHaveProperty("www-authenticate");
  expect((await world.send(withKey("made-up-too"))).status).toBe(401);
});

test("a block of a consumer stops the keys it was let in with, and no other consumer", async () => {
  await decide();
  for (const key of PARTNER.keys) await sendMany(world, 16, () => withKey(key));
  await decide(line("block", "consumer", PARTNER.id, "d-consumer"));
  for (const key of PARTNER.keys) await untilAnswered(world, withKey(key), 403);
  expect((await world.send(withKey(OTHER_PARTNER.keys[0]!))).status).toBe(200);
});

test("a decision that only counts has all its hits counted and stops nothing", async () => {
  const from = "203.0.113.40";
  await decide(line("block", "ip", from, "d-log", " log=1"));
  expect(statusesOf(await sendMany(world, 20, () => ({ from, target: "/orders" })))).toEqual([200]);
  await eventually(() => expect(hitsOf("d-log")).toBe(20), PATIENCE_MS);
});

test("a decision for half of the addresses stops about half of them, always the same", async () => {
  await decide(line("block", "ip", "203.0.113.0/24", "d-share", " share=0.5"));
  const addresses = Array.from({ length: 100 }, (_, i) => `203.0.113.${i + 100}`);
  const stopped = async () => {
    const answers = await sendMany(world, addresses.length, (i) => ({ from: addresses[i]!, target: "/orders" }));
    return addresses.filter((_, i) => answers[i]!.status === 403);
  };
  const half = await stopped();
  expect(half.length).toBeGreaterThan(30);
  expect(half.length).toBeLessThan(70);
  expect(await stopped()).toEqual(half);
  await decide(line("block", "ip", "203.0.113.0/24", "d-share", " share=0.8"));
  expect(await stopped()).toEqual(expect.arrayContaining(half));
});

test("a throttle of a route holds for each address there, before basic-auth answers, and nowhere else", async () => {
  const guess = (from: string, password = "wrong"): ClientRequest => ({
    from,
    target: "/reports",
    headers: { authorization: `Basic ${Buffer.from(`${STAFF.user}:${password}`).toString("base64")}` },
  });
  await decide(line("throttle", "route", ROUTE_IDS.reports, "d-reports", " rps=0.01"));
  const first = await world.send(guess("203.0.113.50"));
  expect(first.status).toBe(401);
  const rest = await sendMany(world, 16, () => guess("203.0.113.50"));
  expect(statusesOf(rest)).toEqual([429]);
  for (const { headers } of rest) expect(headers).not.toHaveProperty("www-authenticate");
  expect((await world.send(guess("203.0.113.51", STAFF.password))).status).toBe(200);
  expect((await world.send({ from: "203.0.113.50", target: "/orders" })).status).toBe(200);
});

test("a throttle of what has no route stops who floods it, and nobody else", async () => {
  const nowhere = (from: string): ClientRequest => ({ from, target: "/nowhere" });
  expect((await world.send(nowhere("203.0.113.60"))).status).toBe(404);
  await decide(line("throttle", "route", "-", "d-unrouted", " rps=0.01"));
  await untilAnswered(world, nowhere("203.0.113.60"), 429);
  expect((await world.send(nowhere("203.0.113.61"))).status).toBe(404);
  expect((await world.send({ from: "203.0.113.61", target: "/orders" })).status).toBe(200);
});

test("a kind or parameter that the gateway does not know is refused alone, and counted", async () => {
  const from = "203.0.113.70";
  const before = feeds.health()?.decisions_refused ?? 0;
  await decide(line("block", "asn", "64496", "d-asn"), line("block", "ip", from, "d-unknown", " country=xx"));
  expect((await world.send({ from, target: "/orders" })).status).toBe(200);
  await eventually(() => expect(feeds.health()!.decisions_refused! - before).toBeGreaterThanOrEqual(2), PATIENCE_MS);
});
