import { afterAll, beforeAll, expect, test } from "vitest";
import { report } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { learnedRecord } from "../../support/gateway-node.ts";
import { entitiesOf, ROUTE_IDS } from "../entities.ts";
import { type RunningGateway, startGateway } from "../gateway/gateway.ts";
import { PATIENCE_MS, sendMany, untilIncident } from "../watch.ts";
import { ACCOUNTS, type ClientRequest, startWorld, type World } from "../world.ts";

/** Nobody has named the login, and little is a flood where little is usual. */
const PLUGIN = { login: { paths: ["/nowhere"] }, flood: { min_route_rps: 5 }, source: { min_evidence: 10_000 } };
const RESTARTED = 1;

let world: World;
let restarted: RunningGateway | undefined;

beforeAll(async () => {
  world = await startWorld({ plugin: PLUGIN });
});
afterAll(async () => {
  await restarted?.stop();
  await world?.stop();
});

const login = (i: number, password: string, from = `198.51.100.${i % 20}`): ClientRequest => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: ACCOUNTS[i % 20]!.user, password },
});

const leaked = (i: number): ClientRequest => ({
  ...login(i, "guess", "203.0.113.80"),
  body: { username: `leaked${i}@example.net`, password: "guess" },
  gateway: RESTARTED,
});

const order = (i: number): ClientRequest => ({ from: `192.0.2.${i % 100}`, target: "/orders", gateway: RESTARTED });

const exported = async () => (await world.agent.get("/v1/learned/export")).json;

/** As a node would tell after an hour with a request a second, and the same on other days. */
const usual = () => {
  const hours = (value: number) => new Array<number>(24).fill(value);
  return { name: ROUTE_IDS.orders, seconds: 3600, usual: 1, peak: 1, rates: hours(1), days: hours(3) };
};

/** A node with a shared dictionary that knows nothing. */
async function restart(): Promise<void> {
  await world.gateway.stop();
  const upstreamUrl = `http://127.0.0.1:${world.upstream.port}`;
  const entities = entitiesOf({ upstreamUrl, agentUrl: world.agent.url, plugin: PLUGIN });
  restarted = await startGateway({ database: false, trustedIps: ["127.0.0.1/32"], entities });
  world.gateways.push(restarted);
}

test("a restarted gateway takes over the login that it had learned, and what is usual on a route", async () => {
  await sendMany(world, 80, (i) => login(i, "wrong"));
  await sendMany(world, 80, (i) => login(i, ACCOUNTS[i % 20]!.password));
  await eventually(async () => expect((await exported()).logins).toEqual(["/login"]), PATIENCE_MS);
  await report(world.agent.url, [learnedRecord({ baselines: [usual()] })]);
  await eventually(async () => expect((await exported()).baselines).toHaveLength(1), PATIENCE_MS);

  await restart();
  let tried = 0;
  await eventually(async () => expect((await world.send(leaked(tried++))).status).toBe(403), PATIENCE_MS, 100);

  // Without a baseline whatever comes is usual after ten seconds, and nothing is a flood before.
  let isOver = false;
  const flooding = (async () => {
    for (let i = 0; !isOver; i += 30) await sendMany(world, 30, (n) => order(i + n));
  })();
  const found = untilIncident(
    world,
    ({ category, subject_value }) => category === "api_ddos" && subject_value === ROUTE_IDS.orders,
  );
  try {
    await found;
  } finally {
    isOver = true;
    await flooding;
  }
});
