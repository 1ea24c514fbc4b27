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

  const hours = (value: number) => new Array<number>(24).fill(value);
  const baseline = { name: "route-1", seconds: 900, usual: 12.5, peak: 40, rates: hours(12), days: hours(2) };

  test("of usual rates and login paths goes to nodes that start, and to operators as one document", async () => {
    await report({ baselines: [baseline], logins: ["/gate"] });
    const lines = (await agent.app.inject(node.learned())).body.trimEnd().split("\n");
    expect(lines[0]!.split(" ").at(-1)).toBe("2");
    expect(lines[1]).toBe("login /gate");
    expect(lines[2]).toMatch(/^baseline \d route-1 900 12.5 40 (12:2,){23}12:2$/);
    expect(await exported()).toMatchObject({ version: 1, baselines: [baseline], logins: ["/gate"], items: [] });
  });

  test.each([
    ["a name of two words", { name: "a b" }],
    ["a name that means none", { name: "-" }],
    ["too few hours", { rates: [1] }],
    ["a rate below nothing", { usual: -1 }],
    ["a rate beyond measure", { peak: 1e9 }],
    ["hardly any time", { seconds: 5 }],
  ])("of usual rates is refused with %s", async (_name, given) => {
    expect(await report({ baselines: [{ ...baseline, ...given }] })).toBe(422);
  });

  const exported = async () =>
    (await agent.app.inject({ method: "GET", url: "/v1/learned/export", headers: bearer("viewer") })).json();

  test("is taken into another gateway as an operator's word, except for what was decided there", async () => {
    await report({ votes: [signatureVote(), signatureVote({ signature: "00000001" })], baselines: [baseline] });
    const { items } = await list();
    for (const { id } of items) await post("approve", { id, reason: "usual there" });
    const document = await exported();
    await emptyStore(agent.store);
    await report({ votes: [signatureVote({ signature: "00000001" })] });
    await post("revoke", { id: (await list()).items[0].id, reason: "never" });
    const reply = await post("import", { document, reason: "moved" });
    expect(reply.json()).toEqual({ imported: { baselines: 1, logins: 0, items: 1, left_out: 1 } });
    const after = (await agent.app.inject(node.learned())).body;
    expect(after).toMatch(/^signature operator route-1 json:note 0a1b2c3d 75$/m);
    expect(after).not.toContain("00000001");
    expect(after).toMatch(/^baseline \d route-1 900 /m);
    const audit = await agent.store.db.selectFrom("audit").selectAll().where("kind", "=", "learned.imported").execute();
    expect(audit.at(-1)).toMatchObject({ actor: "the operator", data: { items: 1, reason: "moved" } });
  });

  test.each([
    ["of another version", { version: 2 }],
    ["with a known attack approved", { items: [{ kind: "threshold", route_id: "r", score: 95 }] }],
    ["with a line of its own", { logins: ["/a\nblock"] }],
    ["with more than it should have", { more: true }],
  ])("is not imported from a document %s", async (_name, change) => {
    const document = { ...(await exported()), ...change };
    expect((await post("import", { document, reason: "x" })).statusCode).toBe(400);
  });

  test("is part of the status", async () => {
    await report({ votes: [signatureVote()] });
    const status = await agent.app.inject({ method: "GET", url: "/v1/status", headers: bearer("ci") });
    expect(status.json().learned).toEqual({ candidate: 1, learned: 0, approved: 0, revoked: 0 });
  });
});
