import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";

const DUMP = `_format_version: "3.0"
services:
- { name: shop, host: shop.internal, protocol: http, port: 80, read_timeout: 60000, tags: [x] }
`;

let agent: TestAgent;
beforeAll(async () => {
  agent = await openTestAgent();
});
afterAll(() => agent.close());

const post = (url: string, payload: object, scope: "ci" | "viewer" = "ci") =>
  agent.app.inject({ method: "POST", url, payload, headers: bearer(scope) });
const changes = async () =>
  (await agent.app.inject({ url: "/v1/changes", headers: bearer("viewer") })).json().changes as {
    origin: string;
    markers: object[];
  }[];

describe("the history's ways in", () => {
  it("keep a marker once, however often CI sends it", async () => {
    const marker = { sha: "a".repeat(40), actor: "ci", note: "synced" };
    const first = await post("/v1/changes", marker);
    const again = await post("/v1/changes", marker);
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.json()).toEqual(first.json());
    expect((await post("/v1/changes", { ...marker, note: "synced again" })).statusCode).toBe(201);
    expect((await post("/v1/changes", marker, "viewer")).statusCode).toBe(403);
  });

  it("take dumps from CI, join what it says to the change it explains, and alone make no change", async () => {
    const minute = (ago: number) => new Date(Date.now() - ago * 60_000).toISOString();
    const files = (text: string) => [{ path: "kong.yaml", text }];
    await post("/v1/changes/imports", { files: files(DUMP), at: minute(30), actor: "backup" });
    const broken = DUMP.replace("shop.internal", "wrong.internal");
    const reply = await post("/v1/changes/imports", {
      files: files(broken),
      at: minute(20),
      actor: "nightly",
      sha: "b".repeat(40),
    });
    expect([reply.statusCode, reply.json()]).toMatchObject([201, { entities: 1, change: expect.any(String) }]);
    await post("/v1/changes", { actor: "somebody else, much later" });
    const [change, ...others] = await changes();
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      origin: "import",
      markers: [{ actor: "nightly", sha: "b".repeat(40), source: "import" }],
      entities: [{ type: "services", op: "changed", fields: ["host"] }],
    });
  });

  it("say what is wrong with a dump, and what to do", async () => {
    const files = [{ path: "kong.yaml", text: "services: []" }];
    const reply = await post("/v1/changes/imports", { files, actor: "ci" });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().error).toMatchObject({
      code: "DUMP_INVALID",
      message: expect.stringContaining("kong.yaml: has no _format_version"),
    });
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await post("/v1/changes/imports", { files, actor: "ci", at: future })).statusCode).toBe(400);
  });
});
