import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from "../../../contract/ingest.ts";
import { openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import {
  GatewayNode,
  hitsRecord,
  incidentRecord,
  requestDescriptor,
  requestsRecord,
  type SignedRequest,
  trafficRecord,
} from "../../../test/support/gateway-node.ts";

import { recentRequests } from "../store/request-ring.ts";

describe("POST /ingest/v1/events", () => {
  let agent: TestAgent;
  const node = new GatewayNode();
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  afterAll(() => agent.close());
  beforeEach(async () => {
    await agent.store.db.deleteFrom("events").execute();
  });

  const send = async (request: SignedRequest) => {
    const { body, ...others } = request;
    const reply = await agent.app.inject({ ...others, ...(body === undefined ? {} : { payload: body }) });
    return { status: reply.statusCode, body: reply.json(), headers: reply.headers };
  };
  const stored = async () =>
    (await agent.store.db.selectFrom("events").selectAll().execute()).map((event) => event.record);

  test("keeps every kind of record and answers 202", async () => {
    const records = [incidentRecord(), trafficRecord(), hitsRecord("d", 3)];
    expect(await send(node.ingest(node.batchOf(records)))).toMatchObject({ status: 202, body: { status: "accepted" } });
    expect(await stored()).toHaveLength(3);
  });

  test("keeps recent requests in their ring, without secrets and without what the contract does not name", async () => {
    const planted = {
      path: "/reset?token=hunter2hunter2",
      query: ["q"],
      headers: ["x-a"],
      agent: "curl password=hunter2hunter2",
    };
    const described = { ...requestDescriptor(planted), value: "not in the contract" };
    expect((await send(node.ingest(node.batchOf([requestsRecord([described], 3)])))).status).toBe(202);
    expect(await stored()).toEqual([]);
    const range = { from: Date.now() - 60_000, to: Date.now() + 1, limit: 10 };
    const recent = await recentRequests(agent.store.db, "default", range);
    expect(recent).toMatchObject([{ weight: 3, query: ["q"], route_id: "route-1" }]);
    expect(JSON.stringify(recent)).not.toMatch(/hunter2|not in the contract/);
  });

  test("takes answers and latencies as the contract has them, and nothing else", async () => {
    const answers = [{ source: "exit" as const, status: 503, count: 7 }];
    const total_ms = new Array<number>(18).fill(1);
    const good = trafficRecord({ answers, total_ms });
    expect((await send(node.ingest(node.batchOf([good])))).status).toBe(202);
    expect(await stored()).toMatchObject([{ answers, total_ms }]);
    for (const bad of [{ total_ms: [1] }, { answers: [{ ...answers[0]!, source: "nobody" }] }])
      expect((await send(node.ingest(node.batchOf([trafficRecord(bad as object)])))).status).toBe(422);
  });

  test("takes a batch once, however often it comes, signed anew each time", async () => {
    const batch = node.batchOf([incidentRecord()]);
    await send(node.ingest(batch));
    const retry = node.ingestText(JSON.stringify({ ...batch, sent_at: batch.sent_at + 1 }), batch.batch);
    expect(await send(retry)).toMatchObject({ status: 200, body: { status: "duplicate" } });
    expect(await stored()).toHaveLength(1);
  });

  test("takes a record that comes again in another batch once", async () => {
    const record = incidentRecord();
    await send(node.ingest(node.batchOf([record])));
    expect((await send(node.ingest(node.batchOf([record, incidentRecord()])))).status).toBe(202);
    expect(await stored()).toHaveLength(2);
  });

  test("does not let one node take another's ids", async () => {
    const record = incidentRecord();
    const other = new GatewayNode({ node: "node-2", keyId: "key-2", secret: "another ingest secret" });
    await send(other.ingest(other.batchOf([record], "the-same")));
    expect((await send(node.ingest(node.batchOf([record], "the-same")))).status).toBe(202);
    expect(await stored()).toHaveLength(2);
  });

  test("remembers what the node says about itself", async () => {
    await send(node.ingest(node.batchOf([])));
    const known = await agent.store.db
      .selectFrom("nodes")
      .selectAll()
      .where("node", "=", "node-1")
      .executeTakeFirstOrThrow();
    expect(known.health.plugin_version).toBe("0.1.0");
  });

  const signed = () => node.ingest(node.batchOf([incidentRecord()]));
  const without = (name: string) => {
    const request = signed();
    delete request.headers[name];
    return request;
  };
  const refusals: [string, () => SignedRequest, number, string][] = [
    ["an unsigned batch", () => without("x-tr-signature"), 401, "SIGNATURE_MISSING"],
    ["a batch without a node", () => without("x-tr-node"), 401, "SIGNATURE_MISSING"],
    ["a batch without an id", () => without("x-tr-batch"), 401, "SIGNATURE_MISSING"],
    [
      "an unknown key",
      () => new GatewayNode({ keyId: "key-9" }).ingest(node.batchOf([])),
      401,
      "SIGNATURE_KEY_UNKNOWN",
    ],
    [
      "a key of another node",
      () => new GatewayNode({ keyId: "key-2", secret: "another ingest secret" }).ingest(node.batchOf([])),
      401,
      "SIGNATURE_KEY_UNKNOWN",
    ],
    [
      "a wrong secret",
      () => new GatewayNode({ secret: "x".repeat(20) }).ingest(node.batchOf([])),
      401,
      "SIGNATURE_WRONG",
    ],
    [
      "a body that was changed",
      () => ({ ...signed(), body: JSON.stringify(node.batchOf([])) }),
      401,
      "SIGNATURE_WRONG",
    ],
    [
      "a batch id that was changed",
      () => {
        const request = signed();
        request.headers["x-tr-batch"] = "another";
        return request;
      },
      401,
      "SIGNATURE_WRONG",
    ],
    [
      "an old request played again",
      () => node.ingestText("{}", "b", String(Date.now() / 1000 - 301).split(".")[0]),
      401,
      "SIGNATURE_STALE",
    ],
    [
      "a request of the future",
      () => node.ingestText("{}", "b", String(Date.now() / 1000 + 320).split(".")[0]),
      401,
      "SIGNATURE_STALE",
    ],
    ["what is not JSON", () => node.ingestText("{", "b"), 422, "BATCH_MALFORMED"],
    ["JSON of another shape", () => node.ingestText("[]", "b"), 422, "BATCH_MALFORMED"],
    ["an empty body", () => node.ingestText("", "b"), 422, "BATCH_MALFORMED"],
    [
      "another node's batch",
      () => node.ingestText(JSON.stringify({ ...node.batchOf([], "b"), node: "node-3" }), "b"),
      422,
      "BATCH_MISMATCH",
    ],
    [
      "a batch under another id",
      () => node.ingestText(JSON.stringify(node.batchOf([], "c")), "b"),
      422,
      "BATCH_MISMATCH",
    ],
    [
      "another gateway's batch",
      () => new GatewayNode({ gateway: "other" }).ingest(new GatewayNode({ gateway: "other" }).batchOf([])),
      422,
      "BATCH_MISMATCH",
    ],
    [
      "too many records",
      () => node.ingest(node.batchOf(Array.from({ length: MAX_BATCH_RECORDS + 1 }, () => trafficRecord()))),
      422,
      "BATCH_MALFORMED",
    ],
    [
      "an unknown category",
      () => node.ingest(node.batchOf([incidentRecord({ category: "weather" })])),
      422,
      "BATCH_MALFORMED",
    ],
    [
      "a subject that is no address",
      () => node.ingest(node.batchOf([incidentRecord({ subject: { kind: "ip", value: "1.2.3" } })])),
      422,
      "BATCH_MALFORMED",
    ],
    [
      "a count that is no number",
      () => node.ingest(node.batchOf([{ ...incidentRecord(), requests: Number.NaN }])),
      422,
      "BATCH_MALFORMED",
    ],
    ["a body beyond the limit", () => node.ingestText("x".repeat(MAX_BATCH_BYTES + 1), "b"), 413, "TOO_LARGE"],
  ];
  test.each(refusals)("refuses %s and keeps nothing of it", async (_name, request, status, code) => {
    const reply = await send(request());
    expect(reply).toMatchObject({ status, body: { error: { code } } });
    expect(reply.body.error.remedy).not.toBe("");
    expect(await stored()).toEqual([]);
  });

  test("cuts what is too long, drops what is not asked for, and stores no secret", async () => {
    const record = incidentRecord({
      reasons: Array.from({ length: 9 }, (_, index) => `reason ${index}`),
      samples: [
        {
          at: 1,
          ip: "::ffff:203.0.113.9",
          method: "GET",
          path: "/".repeat(4_000),
          user_agent: "curl password=hunter2hunter2",
          status: 200,
          score: 50,
        },
      ],
    });
    await send(node.ingest(node.batchOf([{ ...record, extra: "not in the contract" } as typeof record])));
    const [kept] = (await stored()) as [typeof record];
    expect(kept.reasons).toHaveLength(5);
    expect(kept.samples[0]!.path.length).toBeLessThanOrEqual(512);
    expect(kept.samples[0]!.ip).toBe("203.0.113.9");
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|not in the contract/);
  });

  test("stores strings that databases refuse", async () => {
    const hostile = "\u0000\ud800 \u202e '; drop table events; --";
    const reply = await send(
      node.ingest(node.batchOf([incidentRecord({ reasons: [hostile], scope: { route_id: hostile } })])),
    );
    expect(reply.status).toBe(202);
    expect(await stored()).toHaveLength(1);
  });

  test("asks a key that sends too much to wait, and only that key", async () => {
    const flood = new GatewayNode({ node: "node-2", keyId: "key-2", secret: "another ingest secret" });
    const batch = flood.batchOf([]);
    let refused: Awaited<ReturnType<typeof send>> | undefined;
    for (let i = 0; i < 2_000 && !refused; i++) {
      const reply = await send(flood.ingest(batch));
      if (reply.status === 429) refused = reply;
    }
    expect(refused?.headers["retry-after"]).toBe("1");
    expect((await send(node.ingest(node.batchOf([])))).status).toBe(202);
  });
});

test("answers 503 with Retry-After while the store is down, and takes the batch afterwards", async () => {
  const agent = await openTestAgent();
  const node = new GatewayNode();
  const { body, ...request } = node.ingest(node.batchOf([incidentRecord()]));
  await agent.store.db.schema.alterTable("events").renameTo("events_away").execute();
  const refused = await agent.app.inject({ ...request, payload: body! });
  expect(refused.statusCode).toBe(503);
  expect(refused.json().error.code).toBe("STORE_DOWN");
  expect(refused.headers["retry-after"]).toBe("5");
  await agent.store.db.schema
    .alterTable("events_away" as "events")
    .renameTo("events")
    .execute();
  expect((await agent.app.inject({ ...request, payload: body! })).statusCode).toBe(202);
  await agent.close();
});
