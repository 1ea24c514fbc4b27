import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import {
  blockLine,
  type FeedAnswer,
  type FeedParts,
  type FeedServer,
  feedOf,
  now,
  startFeedServer,
} from "../../support/feed-server.ts";
import { INGEST_SECRET } from "../../support/gateway-node.ts";
import { PATIENCE_MS, untilAnswered } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let feeds: FeedServer;
let world: World;

beforeAll(async () => {
  feeds = await startFeedServer();
  const plugin = { allow: { cidrs: ["192.0.2.99"] }, trusted_proxies: ["198.51.100.254"] };
  world = await startWorld({ agent: false, agentUrl: feeds.url, plugin });
});
afterAll(async () => {
  await world?.stop();
  await feeds?.close();
});

const clean = (from: string) => ({ from, target: "/orders" });
const KNOWN = "203.0.113.1";

/** Serves it until the gateway has surely read it: the poll after the next one has begun. */
async function serve(make: () => FeedAnswer): Promise<void> {
  feeds.answer(make);
  const before = feeds.polls();
  await eventually(() => expect(feeds.polls()).toBeGreaterThan(before + 1), PATIENCE_MS);
}

const flipped = (text: string, at: number) =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);

/** Each blocks an address of its own and must not. All but the signature is right where nothing else is said. */
const BAD: Record<string, (parts: FeedParts) => FeedAnswer> = {
  "without a signature": (parts) => ({ ...feedOf(parts), signature: "" }),
  "with a signature of zeros": (parts) => ({ ...feedOf(parts), signature: `v1=${"0".repeat(64)}` }),
  "with a signature cut short": (parts) => ({ ...feedOf(parts), signature: feedOf(parts).signature.slice(0, 40) }),
  "signed with the ingest key": (parts) => feedOf({ ...parts, secret: INGEST_SECRET }),
  "signed with an empty key": (parts) => feedOf({ ...parts, secret: "" }),
  "signed with a hash instead of an HMAC": (parts) => {
    const { body } = feedOf(parts);
    return { body, signature: `v1=${createHmac("sha256", body).digest("hex")}` };
  },
  "changed in one bit": (parts) => {
    const { body, signature } = feedOf(parts);
    return { body: flipped(body, body.length - 3), signature };
  },
  "with a line added after signing": (parts) => {
    const { body, signature } = feedOf({ ...parts, lines: [] });
    return { body: body + parts.lines!.map((line) => `${line}\n`).join(""), signature };
  },
  "for another gateway": (parts) => feedOf({ ...parts, gateway: "other" }),
  "of another version": (parts) => feedOf({ ...parts, version: 2 }),
  "issued an hour ago": (parts) => feedOf({ ...parts, issuedAt: now() - 3600 }),
  "issued in an hour": (parts) => feedOf({ ...parts, issuedAt: now() + 3600 }),
  "of the sequence before": (parts) => feedOf({ ...parts, sequence: 99 }),
  "of sequence 0": (parts) => feedOf({ ...parts, sequence: 0 }),
  "of an older epoch": (parts) => feedOf({ ...parts, epoch: 1_600_000_000, sequence: 1_000_000 }),
  "announcing more than it has": (parts) => feedOf({ ...parts, count: 2 }),
  "announcing less than it has": (parts) => feedOf({ ...parts, count: 0 }),
  "announcing too much": (parts) => feedOf({ ...parts, count: 50_001 }),
  "cut off": (parts) => {
    const body = feedOf(parts).body.slice(0, -10);
    const signature = `v1=${createHmac("sha256", "a feed secret of the tests").update(body).digest("hex")}`;
    return { body, signature };
  },
  "answered with an error": (parts) => ({ ...feedOf(parts), status: 503 }),
};

test("of 100 forged, replayed and rolled-back feeds none is enforced and none ends what is in force", async () => {
  feeds.answer(() => feedOf({ sequence: 100, lines: [blockLine(KNOWN)] }));
  await untilAnswered(world, clean(KNOWN), 403);

  const kinds = Object.values(BAD);
  const rejectedBefore = feeds.health()?.feed_rejected ?? 0;
  expect(kinds).toHaveLength(20);
  let served = 0;
  // Each poll gets another one; what is right about it would make it newer than what the gateway has.
  feeds.answer(() => {
    const i = served++ % 100;
    return kinds[i % kinds.length]!({ sequence: 101 + i, lines: [blockLine(`198.51.100.${i + 1}`)] });
  });
  await eventually(() => expect(served).toBeGreaterThan(101), 90_000);

  let enforced = 0;
  for (let i = 0; i < 100; i++) {
    if ((await world.send(clean(`198.51.100.${i + 1}`))).status !== 200) enforced++;
  }
  expect(enforced).toBe(0);
  expect((await world.send(clean(KNOWN))).status).toBe(403);
  // The 503s are no feeds.
  await eventually(
    () => expect(feeds.health()!.feed_rejected - rejectedBefore).toBeGreaterThanOrEqual(95),
    PATIENCE_MS,
  );
});

test("a feed may not block loopback, trusted proxies, allowed addresses or half the world, and the rest of it counts", async () => {
  const spared = [
    "127.0.0.1",
    "::1",
    "198.51.100.254",
    "192.0.2.99",
    "192.0.2.0/24",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::/0",
  ];
  const lines = [...spared, "203.0.113.2"].map((value, i) => blockLine(value, 600, `d-${i}`));
  feeds.answer(() => feedOf({ sequence: 300, lines }));
  await untilAnswered(world, clean("203.0.113.2"), 403);
  for (const from of ["127.0.0.1", "::1", "198.51.100.254", "192.0.2.99", "192.0.2.5", "10.1.2.3", "203.0.113.3"]) {
    expect((await world.send(clean(from))).status, from).toBe(200);
  }
});

test("a decision that is absent from a newer feed has ended, and one that is past its expiry ends without any feed", async () => {
  const lines = () => [blockLine("203.0.113.20", 600), blockLine("203.0.113.21", 3)];
  const made = lines();
  feeds.answer(() => feedOf({ sequence: 400, lines: made }));
  await untilAnswered(world, clean("203.0.113.20"), 403);
  await serve(() => ({ status: 503, body: "", signature: "" }));
  await untilAnswered(world, clean("203.0.113.21"), 200);
  expect((await world.send(clean("203.0.113.20"))).status).toBe(403);
  feeds.answer(() => feedOf({ sequence: 401 }));
  await untilAnswered(world, clean("203.0.113.20"), 200);
});
