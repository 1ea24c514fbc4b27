import { afterAll, beforeAll, expect, test } from "vitest";
import { type AdminServer, startAdminServer } from "../../support/admin-server.ts";
import { report } from "../../support/agent-process.ts";
import { incidentRecord } from "../../support/gateway-node.ts";
import { ROUTE_IDS } from "../entities.ts";
import { injection, sendMany, untilAction, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let admin: AdminServer;
let world: World;

beforeAll(async () => {
  admin = await startAdminServer();
  admin.routes.set(ROUTE_IDS.search, { id: ROUTE_IDS.search, service: null });
  const agent = { DRY_RUN: "true", KONG_ADMIN_URL: admin.url };
  world = await startWorld({ agent, plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(async () => {
  await world?.stop();
  await admin?.close();
});

test("a dry run records what it would do, blocks nobody and writes nothing to Kong", async () => {
  const from = "203.0.113.2";
  await sendMany(world, 10, (i) => injection(from, i));
  const flooded = incidentRecord({
    category: "api_ddos",
    detector: "flood.route",
    subject: { kind: "route", value: ROUTE_IDS.search },
    scope: { route_id: ROUTE_IDS.search, route_name: "search" },
    requests: 5_000,
    distinct_ips: 400,
  });
  expect((await report(world.agent.url, [flooded])).status).toBe(202);
  const block = await untilAction(world, ({ target }) => target.value === from);
  const throttle = await untilAction(world, ({ type }) => type === "throttle_route");

  expect(block).toMatchObject({ status: "dry_run", type: "block_source", target: { kind: "ip", value: from } });
  expect(throttle).toMatchObject({ status: "dry_run", vehicle: "admin-api", target: { route_id: ROUTE_IDS.search } });
  for (const action of [block, throttle]) {
    expect(action).toMatchObject({ applied_at: null, entity_id: null, effect: null, error: null });
    expect(action.reason).not.toBe("");
    expect(Date.parse(action.expires_at!)).toBeGreaterThan(Date.parse(action.created_at));
    await untilIncident(world, ({ id, status }) => id === action.incident_id && status === "open");
  }
  await untilAction(world, ({ id, status }) => id === block.id && status === "expired");
  expect((await world.agent.get("/v1/status")).json).toMatchObject({
    dry_run: true,
    feed: { decisions: 0, sequence: 0 },
  });
  expect((await world.send({ from, target: "/orders" })).status).toBe(200);
  expect(admin.requests.filter((line) => !line.startsWith("GET "))).toEqual([]);
});
