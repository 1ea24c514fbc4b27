import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { GatewayNode } from "../../../test/support/gateway-node.ts";
import { emptyStore } from "../../../test/support/store.ts";
import { decisionRow } from "../../../test/support/store-rows.ts";
import { getDecision, putDecision } from "../store/decisions.ts";

describe("POST /v1/allow", () => {
  let agent: TestAgent;
  const node = new GatewayNode();
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  beforeEach(() => emptyStore(agent.store));
  afterAll(() => agent.close());

  const block = async (value: string): Promise<string> => {
    const decision = decisionRow({ value });
    await putDecision(agent.store.db, decision);
    return decision.id;
  };
  const allow = (payload: Record<string, unknown>) =>
    agent.app.inject({ method: "POST", url: "/v1/allow", headers: bearer("operator"), payload });
  const feedLines = async () => (await agent.app.inject(node.feed())).body.trimEnd().split("\n").slice(1);

  test("is in the feed at once and ends the blocks inside it", async () => {
    const inside = await block("203.0.113.7");
    const outside = await block("198.51.100.7");
    const reply = await allow({ value: "203.0.113.0/24", minutes: 5, reason: "our own scanner" });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toMatchObject({ allow: { created_by: "the operator" }, ended: [{ id: inside }] });
    const lines = await feedLines();
    expect(lines.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "allow ip 203.0.113.0/24",
      "block ip 198.51.100.7",
    ]);
    expect((await getDecision(agent.store.db, outside))!.ended_at).toBeNull();
  });

  test("leaves a wider block for its other addresses, and beats it for its own", async () => {
    const wide = await block("203.0.113.0/24");
    await allow({ value: "203.0.113.7", minutes: 5, reason: "a customer" });
    expect((await getDecision(agent.store.db, wide))!.ended_at).toBeNull();
    expect((await feedLines())[0]).toMatch(/^allow ip 203\.0\.113\.7 /);
  });

  test("leaves what is decided about credentials, consumers and routes", async () => {
    const other = decisionRow({ kind: "credential", value: "0123456789abcdef" });
    await putDecision(agent.store.db, other);
    expect((await allow({ value: "203.0.113.7", minutes: 5, reason: "a customer" })).json().ended).toEqual([]);
    expect((await getDecision(agent.store.db, other.id))!.ended_at).toBeNull();
  });

  test("can be listed and withdrawn", async () => {
    const { id } = (await allow({ value: "2001:db8::1", minutes: 1, reason: "a test" })).json().allow;
    const list = () => agent.app.inject({ method: "GET", url: "/v1/allow", headers: bearer("viewer") });
    expect((await list()).json().allows).toMatchObject([{ id, value: "2001:db8::1", reason: "a test" }]);
    const withdraw = () => agent.app.inject({ method: "DELETE", url: `/v1/allow/${id}`, headers: bearer("operator") });
    expect((await withdraw()).statusCode).toBe(204);
    expect((await list()).json().allows).toEqual([]);
    expect((await withdraw()).statusCode).toBe(404);
  });

  test("withdraws nothing but an allow", async () => {
    const id = await block("203.0.113.7");
    const reply = await agent.app.inject({ method: "DELETE", url: `/v1/allow/${id}`, headers: bearer("operator") });
    expect(reply.statusCode).toBe(404);
    expect((await getDecision(agent.store.db, id))!.ended_at).toBeNull();
  });

  test.each([
    [{ value: "203.0.113.0/8", minutes: 5, reason: "r" }, "no wider than /24"],
    [{ value: "everyone", minutes: 5, reason: "r" }, "/value"],
    [{ value: "203.0.113.7", minutes: 0, reason: "r" }, "/minutes"],
    [{ value: "203.0.113.7", minutes: 1e9, reason: "r" }, "/minutes"],
    [{ value: "203.0.113.7", minutes: 5, reason: " " }, "/reason"],
    [{ value: "203.0.113.7", minutes: 5, reason: "r", for: "ever" }, "for"],
  ])("refuses %j", async (payload, problem) => {
    const reply = await allow(payload);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.message).toContain(problem);
    expect(await feedLines()).toEqual([]);
  });
});
