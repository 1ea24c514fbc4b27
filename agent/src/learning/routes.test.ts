import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { cleanRequests, GatewayNode, learnedRecord, signatureVote } from "../../../test/support/gateway-node.ts";
import { emptyStore } from "../../../test/support/store.ts";

describe("what was learned", () => {
  let agent: TestAgent;
  const node = new GatewayNode();
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  beforeEach(() => emptyStore(agent.store));
  afterAll(() => agent.close());

  const report = async (given: Parameters<typeof learnedRecord>[0]) => {
    const { body, ...request } = node.ingest(node.batchOf([learnedRecord(given)]));
    const reply = await agent.app.inject({ ...request, payload: body! });
    await agent.correlate();
    return reply.statusCode;
  };
  const list = async (search = "") =>
    (await agent.app.inject({ method: "GET", url: `/v1/learned${search}`, headers: bearer("viewer") })).json();
  const post = (what: string, payload: object) =>
    agent.app.inject({ method: "POST", url: `/v1/learned/${what}`, headers: bearer("operator"), payload });

  test("travels from a node to operators", async () => {
    expect(await report({ votes: [signatureVote()], scores: [cleanRequests(100)] })).toBe(202);
    const { items, routes } = await list();
    expect(items).toMatchObject([
      { kind: "signature", status: "candidate", field: "json:note", clients: 1, score: 75 },
    ]);
    expect(routes).toMatchObject([{ route_id: "route-1", requests: 100, limits: { block: 70 } }]);
    expect((await list("?status=learned")).items).toEqual([]);
  });

  test("and, approved, to the gateways, until it is revoked", async () => {
    await report({ votes: [signatureVote()] });
    const [{ id }] = (await list()).items;
    const first = await agent.app.inject(node.learned());
    const after = first.body.split(" ").slice(3, 5).join(".");
    expect((await agent.app.inject(node.learned(after))).statusCode).toBe(304);
    const approved = await post("approve", { id, reason: "usual there" });
    expect(approved.json().item).toMatchObject({
      status: "approved",
      decided_by: "the operator",
      reason: "usual there",
    });
    const second = await agent.app.inject(node.learned(after));
    expect(second.body.split("\n")[1]).toBe("signature operator route-1 json:note 0a1b2c3d 75");
    expect((await post("revoke", { id, reason: "no" })).json().item).toMatchObject({ status: "revoked" });
    expect((await agent.app.inject(node.learned(after))).body.split("\n")[1]).toBe("");
  });

  test.each([
    ["approve", { id: "none", reason: "x" }, 404],
    ["revoke", { id: "none", reason: "x" }, 404],
    ["approve", { id: "none" }, 400],
    ["approve", { id: "none", reason: "x", score: 90 }, 400],
    ["revoke", { id: "none", reason: "x", score: 80 }, 400],
  ])("%s %j is answered %i", async (what, payload, status) => {
    expect((await post(what, payload)).statusCode).toBe(status);
  });

  test.each([
    ["a field of two words", { field: "json:a b" }],
    ["a line of its own", { field: "json:a\nthreshold" }],
    ["a signature that is none", { signature: "xyz" }],
    ["a score of its own making", { score: 1000 }],
  ])("is refused with %s", async (_name, given) => {
    expect(await report({ votes: [signatureVote(given)] })).toBe(422);
  });

  test("is fetched by nodes only", async () => {
    const { headers, url } = node.learned();
    expect((await agent.app.inject({ method: "GET", url: `${url}1`, headers })).statusCode).toBe(401);
    expect((await agent.app.inject({ method: "GET", url, headers: bearer("operator") })).statusCode).toBe(401);
  });

  test("is part of the status", async () => {
    await report({ votes: [signatureVote()] });
    const status = await agent.app.inject({ method: "GET", url: "/v1/status", headers: bearer("ci") });
    expect(status.json().learned).toEqual({ candidate: 1, learned: 0, approved: 0, revoked: 0 });
  });
});
