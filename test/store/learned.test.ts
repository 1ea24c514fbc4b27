import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decideLearned } from "../../agent/src/learning/decide-learned.ts";
import { learnedBody } from "../../agent/src/learning/feed-body.ts";
import { forgetLearned } from "../../agent/src/learning/forget-learned.ts";
import { takeBaselines } from "../../agent/src/learning/take-baselines.ts";
import { takeLearned } from "../../agent/src/learning/take-learned.ts";
import type { StoredEvent } from "../../agent/src/store/events.ts";
import { learnedPosition, listLearned, listRouteScores } from "../../agent/src/store/learned.ts";
import type { Store } from "../../agent/src/store/open.ts";
import type { LearnedRecord, LearnedVote } from "../../contract/ingest.ts";
import { cleanRequests, learnedRecord, scoreVote, signatureVote } from "../support/gateway-node.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

const DAY = 86_400_000;
const START = 1_800_000_000_000;

describe.each(STORE_KINDS)("what was learned, on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store?.close();
    await home?.remove();
  });

  const take = (given: Partial<LearnedRecord>, now = START, limit = 2_000) =>
    store.db
      .transaction()
      .execute((transaction) =>
        takeLearned(transaction, "default", [{ record: learnedRecord(given) } as StoredEvent], now, limit),
      );
  const vote = (votes: LearnedVote[], now = START) => take({ votes }, now);
  const served = async () => {
    const { text } = await learnedBody(store.db, "default", "secret", START);
    return text.trimEnd().split("\n").slice(1);
  };
  const cast = (count: number, of: (i: number) => Partial<LearnedVote> = () => ({})) =>
    Array.from({ length: count }, (_, i) => signatureVote(of(i)));
  const sequence = async () => (await learnedPosition(store.db, "default")).sequence;

  test("a signature counts after two days of many consumers, and says so with a new sequence", async () => {
    const before = await sequence();
    await vote(cast(19), START);
    expect(await served()).toEqual([]);
    expect(await sequence()).toBe(before);
    await vote(
      cast(19, (i) => ({ voter: `late ${i}` })),
      START + DAY,
    );
    expect(await served()).toEqual(["signature learned route-1 json:note 0a1b2c3d 75"]);
    expect(await sequence()).toBe(before + 1);
    const [item] = await listLearned(store.db, "default", {}, 10);
    expect(item).toMatchObject({ status: "learned", clients: 30, class: "sqli" });
  });

  test("one voter counts once, on all nodes and days", async () => {
    for (let day = 0; day < 40; day++) await vote([signatureVote({ voter: "the same" })], START + day * DAY);
    expect(await listLearned(store.db, "default", {}, 10)).toMatchObject([{ status: "candidate", clients: 1 }]);
  });

  test("an attacker who begins slowly, with accounts in two networks, does not get a signature through", async () => {
    for (let day = 0; day < 20; day++) {
      await vote(
        cast(10, (i) => ({ voter: `${day} ${i}`, network: `network ${i % 2}` })),
        START + day * DAY,
      );
    }
    expect(await served()).toEqual([]);
    expect(await listLearned(store.db, "default", {}, 10)).toMatchObject([{ status: "candidate", clients: 16 }]);
  });

  test("fields, routes and signatures are apart", async () => {
    for (const given of [{ route_id: "route-2" }, { field: "query:q" }, { signature: "ffffffff" }, {}]) {
      await vote(
        cast(10, () => given),
        START,
      );
      await vote(
        cast(9, () => given),
        START + DAY,
      );
    }
    expect(await served()).toEqual([]);
    await vote(cast(1), START + DAY);
    expect(await served()).toHaveLength(1);
  });

  test("a threshold rises with what trusted clients send, and never beyond its cap", async () => {
    await take({ scores: [cleanRequests(5_000)], votes: Array.from({ length: 4 }, () => scoreVote({ score: 74 })) });
    expect(await served()).toEqual([]);
    await take({ votes: Array.from({ length: 6 }, () => scoreVote({ score: 74 })) });
    expect(await served()).toEqual(["threshold learned route-1 75"]);
    await take({ votes: Array.from({ length: 500 }, () => scoreVote({ score: 89 })) });
    expect(await served()).toEqual(["threshold learned route-1 85"]);
  });

  test("an attacker's accounts in few networks move no threshold", async () => {
    const votes = Array.from({ length: 200 }, () => scoreVote({ score: 89, network: "one" }));
    await take({ scores: [cleanRequests(2_000)], votes });
    expect(await served()).toEqual([]);
  });

  test("requests of several nodes add up", async () => {
    await take({ scores: [cleanRequests(1_500)] });
    await take({ scores: [cleanRequests(1_000), cleanRequests(7, "route-2")] });
    const scores = await listRouteScores(store.db, "default");
    expect(Object.fromEntries(scores.map((route) => [route.route_id, route.requests]))).toEqual({
      "route-1": 2_500,
      "route-2": 7,
    });
  });

  test("an operator's word stands, against all votes and for as long as nobody changes it", async () => {
    await vote(cast(1));
    const id = (await listLearned(store.db, "default", {}, 10))[0]!.id;
    const decide = (status: "approved" | "revoked", score?: number) =>
      decideLearned(store.db, "default", { id, status, score, by: "me", reason: "seen it" });
    await decide("approved", 80);
    expect(await served()).toEqual(["signature operator route-1 json:note 0a1b2c3d 80"]);
    await forgetLearned(store.db, START + 1_000 * DAY);
    expect(await served()).toHaveLength(1);
    await decide("revoked");
    for (let day = 0; day < 5; day++) await vote(cast(20), START + day * DAY);
    expect(await served()).toEqual([]);
    expect(await listLearned(store.db, "default", { status: "revoked" }, 10)).toMatchObject([{ decided_by: "me" }]);
  });

  test("nobody approves a known attack", async () => {
    await vote(cast(1, () => ({ score: 75 })));
    const id = (await listLearned(store.db, "default", {}, 10))[0]!.id;
    await decideLearned(store.db, "default", { id, status: "approved", score: 100, by: "me", reason: "no" });
    expect(await served()).toEqual(["signature operator route-1 json:note 0a1b2c3d 89"]);
  });

  test("what is not used is forgotten, what is used is kept", async () => {
    for (const signature of ["11111111", "22222222"]) {
      await vote(
        cast(10, () => ({ signature })),
        START,
      );
      await vote(
        cast(10, () => ({ signature })),
        START + DAY,
      );
    }
    const before = await sequence();
    const used = [{ route_id: "route-1", field: "json:note", signature: "22222222" }];
    await take({ used }, START + 25 * DAY);
    await forgetLearned(store.db, START + 40 * DAY);
    expect(await served()).toEqual(["signature learned route-1 json:note 22222222 75"]);
    expect(await sequence()).toBe(before + 1);
    await forgetLearned(store.db, START + 90 * DAY);
    expect(await served()).toEqual([]);
  });

  test("there is an end to what is kept", async () => {
    const fields = (from: number) => cast(20, (i) => ({ field: `query:f${from + i}` }));
    for (const from of [0, 20, 40]) await take({ votes: fields(from) }, START, 30);
    expect(await listLearned(store.db, "default", {}, 5_000)).toHaveLength(30);
    const kept = await store.db.selectFrom("learned_votes").select("field").execute();
    expect(kept).toHaveLength(30);
  });

  test("what gateways fetch is signed with the feed's secret", async () => {
    const { text, signature } = await learnedBody(store.db, "default", "secret", START);
    expect(signature).toBe(`v1=${createHmac("sha256", "secret").update(text).digest("hex")}`);
    expect(text).toMatch(/^tr-learned 1 default \d+ \d+ 1800000000 0\n$/);
  });

  const hours = (value: number) => new Array<number>(24).fill(value);
  const baselineOf = (name: string) => ({ name, seconds: 900, usual: 1, peak: 1, rates: hours(1), days: hours(1) });
  const tell = (given: Partial<LearnedRecord>, now = START) =>
    store.db
      .transaction()
      .execute((transaction) =>
        takeBaselines(transaction, "default", [{ node: "n", record: learnedRecord(given) } as StoredEvent], now),
      );

  test("login paths are told to all nodes at once, usual rates to those that start; both are forgotten in time", async () => {
    const before = await sequence();
    await tell({ baselines: [baselineOf("r"), baselineOf("r"), baselineOf("s:x")] });
    expect(await sequence()).toBe(before);
    await tell({ logins: ["/gate", "/gate"] });
    await tell({ logins: ["/gate"] });
    expect(await sequence()).toBe(before + 1);
    expect((await served()).map((line) => line.split(" ", 1)[0])).toEqual(["login", "baseline", "baseline"]);
    await forgetLearned(store.db, START + 31 * DAY);
    expect(await served()).toEqual([]);
    expect(await sequence()).toBe(before + 2);
  });

  test("there are so many login paths, and no more", async () => {
    await tell({ logins: Array.from({ length: 80 }, (_, n) => `/a${n}`) });
    await tell({ logins: ["/more"] });
    expect(await served()).toHaveLength(50);
  });
});
