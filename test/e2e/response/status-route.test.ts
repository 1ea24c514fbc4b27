import { afterAll, beforeAll, expect, test } from "vitest";
import { registrationIds } from "../../../agent/src/registration/entities.ts";
import { bearer } from "../../support/agent.ts";
import { runAgentCommand } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { PATIENCE_MS } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

const KEY = "a key of the operators";
const PATH = "/threat-response/v1/status";
let world: World;

beforeAll(async () => {
  world = await startWorld({ database: true, agent: { REGISTER_STATUS_ROUTE: "/threat-response" } });
});
afterAll(() => world?.stop());

const admin = (method: string, path: string, body?: object) =>
  call(`${world.gateway.adminUrl}${path}`, { method, ...(body === undefined ? {} : { body }) });
const ask = (headers: Record<string, string>) => call(`${world.gateway.proxyUrl}${PATH}`, { headers });

test("through the gateway, with a key and the agent's token, the status is answered below the prefix", async () => {
  await admin("PUT", "/consumers/operators", { username: "operators" });
  await admin("POST", "/consumers/operators/key-auth", { key: KEY });
  // Service, route and key-auth come one after the other.
  await eventually(async () => expect((await ask(bearer("viewer"))).status).toBe(401), PATIENCE_MS);
  await eventually(async () => {
    const answer = await ask({ apikey: KEY, ...bearer("viewer") });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"gateway":"default"')]);
  }, PATIENCE_MS);
  expect((await ask(bearer("viewer"))).status).toBe(401);
  expect((await ask({ apikey: KEY })).status).toBe(401);
  const { json } = await call(`${world.gateway.proxyUrl}/threat-response/v1/openapi.json`, {
    headers: { apikey: KEY, ...bearer("viewer") },
  });
  expect(json.servers).toEqual([{ url: "/threat-response" }]);
});

test("a restart writes nothing, and unregister takes it out again", async () => {
  const { route } = registrationIds("default");
  const before = (await admin("GET", `/routes/${route}`)).json;
  await world.agent.stop();
  await world.agent.start();
  await eventually(async () => expect(world.agent.log()).toContain("The agent listens."), PATIENCE_MS);
  expect((await admin("GET", `/routes/${route}`)).json).toEqual(before);
  await world.agent.stop();
  const { code, output } = await runAgentCommand(["unregister"], { KONG_ADMIN_URL: world.gateway.adminUrl });
  expect([code, output]).toEqual([0, expect.stringContaining(`routes ${route}`)]);
  expect((await admin("GET", `/routes/${route}`)).status).toBe(404);
  await eventually(async () => expect((await ask({ apikey: KEY, ...bearer("viewer") })).status).toBe(404), PATIENCE_MS);
});
