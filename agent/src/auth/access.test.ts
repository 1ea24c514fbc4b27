import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { SCOPES } from "../config.ts";
import { guardRoutes } from "./access.ts";

type Who = "nobody" | (typeof SCOPES)[number];

/** Who gets past the door of each route. A route that is not here fails the test. */
const RULES: Record<string, readonly Who[]> = {
  "GET /healthz": ["nobody", "viewer", "operator", "ci"],
  "GET /readyz": ["nobody", "viewer", "operator", "ci"],
  "GET /metrics": ["viewer", "operator"],
  "GET /v1/status": ["viewer", "operator", "ci"],
  "GET /v1/openapi.json": ["viewer", "operator", "ci"],
  "GET /v1/incidents": ["viewer", "operator"],
  "GET /v1/incidents/:id": ["viewer", "operator"],
  "GET /v1/actions": ["viewer", "operator"],
  "POST /v1/actions/:id/undo": ["operator"],
  "GET /v1/allow": ["viewer", "operator"],
  "POST /v1/allow": ["operator"],
  "DELETE /v1/allow/:id": ["operator"],
  "GET /v1/approvals": ["viewer", "operator"],
  "GET /v1/approvals/:id": ["viewer", "operator"],
  "POST /v1/approvals/:id/approve": ["operator"],
  "POST /v1/approvals/:id/reject": ["operator"],
  "GET /v1/audit": ["viewer", "operator"],
  "GET /v1/audit/export": ["viewer", "operator"],
  "GET /v1/kill-switch": ["viewer", "operator"],
  "POST /v1/kill-switch": ["operator"],
  "DELETE /v1/kill-switch": ["operator"],
  "GET /v1/learned": ["viewer", "operator"],
  "POST /v1/learned/approve": ["operator"],
  "GET /v1/learned/export": ["viewer", "operator"],
  "POST /v1/learned/import": ["operator"],
  "POST /v1/learned/revoke": ["operator"],
  "POST /v1/previews": ["operator"],
  "POST /v1/replays": ["operator", "ci"],
  "GET /v1/changes": ["viewer", "operator"],
  "GET /v1/changes/:id": ["viewer", "operator"],
  "POST /v1/changes": ["operator", "ci"],
  "POST /v1/changes/imports": ["operator", "ci"],
  "GET /v1/rollbacks": ["viewer", "operator"],
  "GET /v1/rollbacks/:id": ["viewer", "operator"],
  "POST /v1/rollbacks/:id/undo": ["operator"],
  "GET /v1/proofs/keys": ["viewer", "operator"],
  "POST /v1/proofs/keys/rotate": ["operator"],
  // By signature only: no token helps.
  "POST /ingest/v1/events": [],
  "GET /feed/v1/decisions": [],
  "GET /feed/v1/learned": [],
};

describe("who may use which route", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  afterAll(() => agent.close());

  /** As the router knows them; HEAD goes where GET goes. */
  const routes = () => agent.app.routeList().filter((route) => !route.startsWith("HEAD "));

  test("every route has a rule, and every rule a route", () => {
    expect(routes().sort()).toEqual(Object.keys(RULES).sort());
  });

  test.each(Object.entries(RULES))("%s", async (route, allowed) => {
    const [method, url] = route.split(" ") as ["GET", string];
    for (const who of ["nobody", ...SCOPES] as const) {
      const headers = who === "nobody" ? {} : bearer(who);
      const reply = await agent.app.inject({ method, url: url.replace(":id", "none"), headers });
      const refused = reply.statusCode === 401 || reply.statusCode === 403;
      expect({ who, refused }).toEqual({ who, refused: !allowed.includes(who) });
      if (method === "GET") {
        const head = await agent.app.inject({ method: "HEAD", url: url.replace(":id", "none"), headers });
        expect({ who, status: head.statusCode }).toEqual({ who, status: reply.statusCode });
      }
    }
  });

  test.each([
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Basic dmlld2VyOg==",
    `${bearer("viewer").authorization}x`,
    `${bearer("viewer").authorization} x`,
  ])("the credentials %j are none", async (authorization) => {
    const reply = await agent.app.inject({ method: "GET", url: "/v1/status", headers: { authorization } });
    expect([reply.statusCode, reply.json().error.code]).toEqual([401, "UNAUTHENTICATED"]);
    expect(reply.headers["www-authenticate"]).toBe("Bearer");
  });

  test("what is not there is 404, told like everything else", async () => {
    const reply = await agent.app.inject({ method: "GET", url: "/v2/<script>" });
    expect([reply.statusCode, reply.json().error.code]).toEqual([404, "NOT_FOUND"]);
    expect(reply.body).not.toContain("script");
  });

  test("who asks too often has to wait, without standing in the way of health checks", async () => {
    const ask = () => agent.app.inject({ method: "GET", url: "/v1/status", remoteAddress: "192.0.2.9" });
    let reply = await ask();
    for (let i = 0; i < 4_000 && reply.statusCode === 401; i++) reply = await ask();
    expect([reply.statusCode, reply.json().error.code]).toEqual([429, "TOO_MANY_REQUESTS"]);
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
    const health = await agent.app.inject({ method: "GET", url: "/healthz", remoteAddress: "192.0.2.9" });
    expect(health.statusCode).toBe(200);
  });

  test("a route without a rule cannot be registered", () => {
    const app = Fastify();
    guardRoutes(app, []);
    expect(() => app.get("/open", async () => "")).toThrow("does not say who may use it");
  });
});
