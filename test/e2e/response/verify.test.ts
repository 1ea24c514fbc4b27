/** What follows from measuring, on a running gateway: traffic is reported as nodes do, so that it is the same on every machine. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { entityId, ownerTags } from "../../../agent/src/drivers/tags.ts";
import type { ActionView } from "../../../demo/stack/agent-client.ts";
import { report } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { incidentRecord, trafficRecord } from "../../support/gateway-node.ts";
import { call } from "../../support/http.ts";
import { ROUTE_IDS } from "../entities.ts";
import { PATIENCE_MS, untilAction } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

const TWO_WINDOWS_MS = 60_000;
const policy = {
  version: 1,
  rails: { max_actions_per_hour: 100 },
  rules: [
    {
      name: "flood of a route",
      when: { category: "api_ddos", subject: "route" },
      plans: [{ id: "slow", action: "throttle_route", ttl_s: 600, per_second: 5, limit_by: "ip" }],
    },
  ],
};
let world: World;

beforeAll(async () => {
  world = await startWorld({ database: true, policy, agent: { WRITE_INTERVAL_S: "0" } });
});
afterAll(() => world?.stop());

type Counts = { suspicious?: number; clean_ok?: number; clean_denied?: number };

/** Every second, until the action ended or the test does. */
function reportTraffic(route: string, counts: () => Counts): { stop(): Promise<void> } {
  let going = true;
  const running = (async () => {
    while (going) {
      const { suspicious = 0, clean_ok = 0, clean_denied = 0 } = counts();
      const clean = clean_ok + clean_denied;
      const record = trafficRecord({
        scope: { route_id: route },
        window_start: Math.floor(Date.now() / 1000),
        window_s: 1,
        requests: suspicious + clean,
        suspicious,
        stopped: 0,
        clean,
        clean_ok,
        clean_denied,
      });
      await report(world.agent.url, [record]);
      await sleep(1_000);
    }
  })();
  return {
    stop: () => {
      going = false;
      return running;
    },
  };
}

/** Reports a flood of the route, and what it does to traffic before and after it is throttled. */
async function flood({ onTestFinished }: TestContext, route: string, before: Counts, after: Counts) {
  let current = before;
  const traffic = reportTraffic(route, () => current);
  onTestFinished(traffic.stop);
  // Some seconds of it lie before the incident: what is usual.
  await sleep(12_000);
  const flooded = incidentRecord({
    category: "api_ddos",
    detector: "flood.route",
    subject: { kind: "route", value: route },
    scope: { route_id: route },
    requests: 5_000,
    distinct_ips: 400,
    first_at: Date.now() / 1000,
    last_at: Date.now() / 1000,
  });
  expect((await report(world.agent.url, [flooded])).status).toBe(202);
  const isOf = ({ target }: ActionView) => target.route_id === route;
  const applied = await untilAction(world, (action) => isOf(action) && action.status === "applied");
  current = after;
  return { applied, traffic };
}

const entity = async (id: string | null) => (await call(`${world.gateway.adminUrl}/plugins/${id}`)).status;
const now = (id: string) => async () => (await world.agent.client.actions()).find((action) => action.id === id)!;

async function untilUndone(id: string, within_ms: number): Promise<ActionView> {
  return eventually(
    async () => {
      const action = await now(id)();
      if (action.status !== "undone") throw new Error(`it is ${action.status}: ${action.effect?.summary}`);
      return action;
    },
    within_ms,
    500,
  );
}

// Each on a route of its own.
test.concurrent("an action that does not help is undone within two evaluation windows", async (context) => {
  const unchanged = { suspicious: 60, clean_ok: 20 };
  const { applied, traffic } = await flood(context, ROUTE_IDS.search, unchanged, unchanged);
  const undone = await untilUndone(applied.id, TWO_WINDOWS_MS);
  await traffic.stop();
  expect(undone).toMatchObject({ outcome: "useless", error: expect.stringContaining("did not help in 2 windows") });
  expect(undone.effect?.windows).toBe(2);
  expect(await entity(applied.entity_id)).toBe(404);
});

test.concurrent("an action that harms is undone with the first window", async (context) => {
  const harmed = { suspicious: 2, clean_ok: 6, clean_denied: 14 };
  const { applied, traffic } = await flood(context, ROUTE_IDS.orders, { suspicious: 60, clean_ok: 20 }, harmed);
  const undone = await untilUndone(applied.id, TWO_WINDOWS_MS);
  await traffic.stop();
  expect(undone).toMatchObject({
    outcome: "harmful",
    error: expect.stringContaining("legitimate requests were denied"),
  });
  expect(undone.effect?.windows).toBe(1);
  expect(await entity(applied.entity_id)).toBe(404);
});

test.concurrent("what somebody removes by hand stays removed, and an orphan goes", async (context) => {
  const { applied, traffic } = await flood(context, ROUTE_IDS.users, { clean_ok: 20 }, { clean_ok: 20 });
  await traffic.stop();
  expect(await entity(applied.entity_id)).toBe(200);
  await call(`${world.gateway.adminUrl}/plugins/${applied.entity_id}`, { method: "DELETE" });
  const orphan = entityId("throttle_route", `route:${ROUTE_IDS.login}`, "a former database");
  const tags = ownerTags("an-incident-nobody-knows", Date.now() - 60_000);
  const body = {
    name: "rate-limiting",
    route: { id: ROUTE_IDS.login },
    tags,
    config: { minute: 1_000, policy: "local" },
  };
  expect((await call(`${world.gateway.adminUrl}/plugins/${orphan}`, { method: "PUT", body })).status).toBe(200);
  expect(await untilUndone(applied.id, 2 * PATIENCE_MS)).toMatchObject({ error: "removed by hand" });
  await eventually(async () => expect(await entity(orphan)).toBe(404), 2 * PATIENCE_MS, 500);
  expect(await entity(applied.entity_id)).toBe(404);
});
