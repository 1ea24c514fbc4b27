import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { FEED_SECRET, GatewayNode } from "../../../test/support/gateway-node.ts";
import { emptyStore } from "../../../test/support/store.ts";
import { decisionRow } from "../../../test/support/store-rows.ts";
import { endDecision, expireDecisions, putDecision } from "../store/decisions.ts";
import { FeedSource } from "./body.ts";

describe("GET /feed/v1/decisions", () => {
  let agent: TestAgent;
  const node = new GatewayNode();
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  beforeEach(() => emptyStore(agent.store));
  afterAll(() => agent.close());

  const poll = (after?: string) => agent.app.inject(node.feed(after));
  const parse = (text: string) => {
    const [head, ...lines] = text.trimEnd().split("\n");
    const [magic, version, gateway, epoch, sequence, issuedAt, count] = head!.split(" ");
    return {
      magic,
      version,
      gateway,
      after: `${epoch}.${sequence}`,
      sequence: Number(sequence),
      issuedAt: Number(issuedAt),
      count: Number(count),
      lines,
    };
  };

  test("is text that is signed with the feed's own secret", async () => {
    const put = decisionRow({ action: "throttle", params: { rps: 5, scope: "login", secret: "not for gateways" } });
    await putDecision(agent.store.db, put);
    const reply = await poll();
    expect(reply.statusCode).toBe(200);
    const expected = createHmac("sha256", FEED_SECRET).update(reply.body).digest("hex");
    expect(reply.headers["x-tr-signature"]).toBe(`v1=${expected}`);
    const feed = parse(reply.body);
    expect(feed).toMatchObject({ magic: "tr-feed", version: "1", gateway: "default", count: 1 });
    const expiry = Math.floor(put.expires_at / 1000);
    expect(feed.lines).toEqual([`throttle ip 203.0.113.7 ${expiry} ${put.id} - rps=5 scope=login`]);
    expect(Math.abs(feed.issuedAt - Date.now() / 1000)).toBeLessThan(60);
  });

  test("knows a node by its polls, long before it has anything to report, and keeps what it reported", async () => {
    const nodes = async (): Promise<{ node: string; health: object }[]> =>
      (await agent.app.inject({ url: "/v1/status", headers: bearer("viewer") })).json().nodes;
    const quiet = new GatewayNode({ node: "quiet-node" });
    await agent.app.inject(quiet.feed());
    expect(await nodes()).toMatchObject([{ node: "quiet-node", health: {} }]);
    const reporting = new GatewayNode({ node: "reporting-node" });
    await agent.app.inject(reporting.ingest(reporting.batchOf([])));
    await agent.app.inject(reporting.feed());
    expect(await nodes()).toContainEqual(
      expect.objectContaining({ node: "reporting-node", health: reporting.batchOf([]).health }),
    );
  });

  test("says 304 to who has it all, and the new set after every change", async () => {
    const first = parse((await poll()).body);
    expect(first.count).toBe(0);
    expect((await poll(first.after)).statusCode).toBe(304);
    const put = decisionRow();
    await putDecision(agent.store.db, put);
    const second = parse((await poll(first.after)).body);
    expect(second).toMatchObject({ sequence: first.sequence + 1, count: 1 });
    await endDecision(agent.store.db, put.id);
    expect(parse((await poll(second.after)).body)).toMatchObject({ sequence: first.sequence + 2, count: 0 });
  });

  test("leaves out what expired, and says so with a new sequence", async () => {
    await putDecision(agent.store.db, decisionRow());
    await putDecision(agent.store.db, decisionRow({ expires_at: Date.now() - 1 }));
    const before = parse((await poll()).body);
    expect(before.count).toBe(1);
    expect(await expireDecisions(agent.store.db)).toBe(1);
    expect(parse((await poll(before.after)).body)).toMatchObject({ sequence: before.sequence + 1, count: 1 });
    expect(await expireDecisions(agent.store.db)).toBe(0);
  });

  test("a change that is rolled back changes nothing", async () => {
    const { sequence } = parse((await poll()).body);
    const rolledBack = agent.store.db.transaction().execute(async (transaction) => {
      await putDecision(transaction, decisionRow());
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(parse((await poll()).body)).toMatchObject({ sequence, count: 0 });
  });

  test("keeps, at its limit, overrides and blocks that run longest, and counts the rest", async () => {
    const allow = decisionRow({ action: "allow", expires_at: Date.now() + 1_000, value: "203.0.113.1" });
    const longBlock = decisionRow({ expires_at: Date.now() + 90_000, value: "203.0.113.2" });
    const shortBlock = decisionRow({ expires_at: Date.now() + 20_000, value: "203.0.113.3" });
    const throttle = decisionRow({ action: "throttle", expires_at: Date.now() + 99_000, value: "203.0.113.4" });
    for (const put of [throttle, shortBlock, longBlock, allow]) await putDecision(agent.store.db, put);
    const source = new FeedSource(agent.store.db, "default", FEED_SECRET, 2);
    const feed = parse((await source.body(await source.current())).text);
    expect(feed.lines.map((line) => line.split(" ")[2])).toEqual(["203.0.113.1", "203.0.113.2"]);
    expect(source.leftOut).toBe(2);
  });

  test("says of credentials, consumers and routes what they are and for whom", async () => {
    const expires_at = 4_000_000_000_000;
    const put = (given: object) => putDecision(agent.store.db, decisionRow({ expires_at, ...given }));
    await put({ id: "a", kind: "credential", value: "0123456789abcdef", params: { share: 0.25, log: 1 } });
    await put({ id: "b", kind: "consumer", value: "9f8e7d6c-1111-4222-8333-0123456789ab" });
    await put({
      id: "c",
      kind: "route",
      action: "throttle",
      value: "-",
      params: { paths: "/a,/b", methods: "GET,POST", rps: 2 },
    });
    expect(parse((await poll()).body).lines).toEqual([
      "block credential 0123456789abcdef 4000000000 a - share=0.25 log=1",
      "block consumer 9f8e7d6c-1111-4222-8333-0123456789ab 4000000000 b -",
      "throttle route - 4000000000 c - rps=2 methods=GET,POST paths=/a,/b",
    ]);
  });

  test("never lets a value become a line of its own", async () => {
    await putDecision(agent.store.db, decisionRow({ params: { route: "r\nblock ip 10.0.0.1 9999999999 x -" } }));
    expect(parse((await poll()).body).lines).toHaveLength(1);
  });

  test.each([
    ["without a signature", { "x-tr-signature": "" }, "SIGNATURE_MISSING"],
    ["of an unknown key", { "x-tr-key": "key-9" }, "SIGNATURE_KEY_UNKNOWN"],
    ["of another node", { "x-tr-node": "node-7" }, "SIGNATURE_WRONG"],
    ["signed long ago", { "x-tr-timestamp": "1000" }, "SIGNATURE_STALE"],
  ])("refuses a request %s", async (_name, headers, code) => {
    const request = node.feed();
    const reply = await agent.app.inject({
      ...request,
      headers: { ...request.headers, ...headers } as Record<string, string>,
    });
    expect([reply.statusCode, reply.json().error.code]).toEqual([401, code]);
  });

  test("refuses a request whose address was changed after signing, and an ingest signature", async () => {
    const request = node.feed();
    const changed = await agent.app.inject({ ...request, url: `${request.url}1` });
    expect(changed.json().error.code).toBe("SIGNATURE_WRONG");
    const ingest = node.ingest(node.batchOf([]));
    const other = await agent.app.inject({ method: "GET", url: request.url, headers: ingest.headers });
    expect(other.statusCode).toBe(401);
  });

  test("an operator's token opens nothing here", async () => {
    const reply = await agent.app.inject({ method: "GET", url: node.feed().url, headers: bearer("operator") });
    expect(reply.statusCode).toBe(401);
  });
});
