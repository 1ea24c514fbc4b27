import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entityId } from "../../../agent/src/drivers/tags.ts";
import { report, runAgentCommand } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { incidentRecord } from "../../support/gateway-node.ts";
import { call } from "../../support/http.ts";
import { ROUTE_IDS } from "../entities.ts";
import { PATIENCE_MS, sendMany, untilAction, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

interface Entity {
  id: string;
  name: string;
  tags: string[] | null;
  route: { id: string } | null;
  config: { second: number; limit_by: string };
}

let world: World;

beforeAll(async () => {
  world = await startWorld({
    database: true,
    plugin: { flood: { window_s: 10, max_per_ip: 100_000, min_route_rps: 20, route_factor: 2 } },
  });
});
afterAll(() => world?.stop());

async function ourEntities(): Promise<Entity[]> {
  return (await call(`${world.gateway.adminUrl}/plugins?tags=threat-response`)).json.data;
}

async function untilGone(id: string): Promise<void> {
  await eventually(async () => {
    if ((await ourEntities()).some((entity) => entity.id === id)) throw new Error("it is still there");
  }, PATIENCE_MS);
}

const expiryOf = ({ tags }: Entity) => Number(tags!.find((tag) => tag.startsWith("tr:expires:"))!.split(":")[2]);

/** What the route usually sees, for as long as the gateway needs to learn it. */
async function calmTraffic(seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 2; i++) {
    expect((await world.send({ from: `192.0.2.${1 + (i % 10)}` })).status).toBe(200);
    await sleep(500);
  }
}

/** From far more addresses than one would block, until somebody says stop. */
function startFlood(): { stop(): Promise<void> } {
  let going = true;
  const running = (async () => {
    while (going) await sendMany(world, 64, (i) => ({ from: `198.51.100.${i + 1}` }));
  })();
  return {
    stop: () => {
      going = false;
      return running;
    },
  };
}

test("a flood of a route is throttled by Kong's own rate-limiting, which goes at its expiry", async () => {
  await calmTraffic(13);
  const flood = startFlood();
  const action = await untilAction(world, ({ type, status }) => type === "throttle_route" && status === "applied");
  await flood.stop();
  expect(action).toMatchObject({ vehicle: "admin-api", target: { route_id: ROUTE_IDS.search }, error: null });
  const [entity, ...others] = await ourEntities();
  expect(others).toEqual([]);
  expect(entity).toMatchObject({
    id: entityId("throttle_route", `route:${ROUTE_IDS.search}`, "default"),
    name: "rate-limiting",
    route: { id: ROUTE_IDS.search },
    config: { second: 5, limit_by: "ip" },
  });
  const incident = await untilIncident(world, ({ id }) => id === action.incident_id);
  expect(incident).toMatchObject({ category: "api_ddos", subject_kind: "route", subject_value: ROUTE_IDS.search });
  const expires = Date.parse(action.expires_at!) / 1000;
  expect([...entity!.tags!].sort()).toEqual(
    ["threat-response", `tr:incident:${incident.id}`, `tr:expires:${expires}`].sort(),
  );
  let visitors = 0;
  await eventually(async () => {
    await sleep(300);
    // Each asks once: who asks again and again while a route is flooded is taken for part of it.
    const { headers, status, text } = await world.send({ from: `192.0.2.${100 + visitors++}` });
    expect({ status, text, limit: headers["x-ratelimit-limit-second"] }).toMatchObject({ limit: "5" });
  }, PATIENCE_MS);

  await untilGone(entity!.id);
  await eventually(async () => {
    const { status, headers } = await world.send({ from: "192.0.2.1" });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("x-ratelimit-limit-second");
  }, PATIENCE_MS);
  const ended = await untilAction(world, ({ id, status }) => id === action.id && status === "expired");
  expect(ended.effect!.before.legitimate_ok + ended.effect!.before.attack_stopped).toBeGreaterThan(0);
});

test("what a lost agent left in Kong is reaped by its tags alone, when its time is over and not before", async () => {
  const flooded = incidentRecord({
    category: "api_ddos",
    detector: "flood.route",
    subject: { kind: "route", value: ROUTE_IDS.users },
    scope: { route_id: ROUTE_IDS.users, route_name: "users" },
    requests: 5_000,
    distinct_ips: 400,
  });
  expect((await report(world.agent.url, [flooded])).status).toBe(202);
  await untilAction(world, ({ target, status }) => target.route_id === ROUTE_IDS.users && status === "applied");
  await world.agent.kill();
  await world.agent.remove();
  const mine = (await ourEntities()).find(({ route }) => route?.id === ROUTE_IDS.users)!;
  const put = (id: string, body: object) => call(`${world.gateway.adminUrl}/plugins/${id}`, { method: "PUT", body });
  const limit = (route: string, tags: string[]) => ({
    name: "rate-limiting",
    route: { id: route },
    tags,
    config: { minute: 1_000, policy: "local" },
  });
  const others = ["11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"] as const;
  await put(others[0], limit(ROUTE_IDS.orders, ["tr:expires:1", "somebody-else"]));
  await put(others[1], limit(ROUTE_IDS.login, ["threat-response", "tr:incident:x", "tr:expires:99999999999"]));

  const reap = () => runAgentCommand(["reap"], { KONG_ADMIN_URL: world.gateway.adminUrl });
  const tooEarly = await reap();
  expect(tooEarly).toMatchObject({ code: 0, errors: "" });
  if (Date.now() / 1000 < expiryOf(mine)) expect(tooEarly.output).toContain("0 removed, 0 restored, ");
  await eventually(() => expect(Date.now() / 1000).toBeGreaterThan(expiryOf(mine)), PATIENCE_MS);
  await reap();
  await untilGone(mine.id);
  for (const id of others) expect((await call(`${world.gateway.adminUrl}/plugins/${id}`)).status).toBe(200);
});
