/** Two agents on one database and one gateway: do they ever write at once, and when does the other write after the writer was killed? */
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { startWorld, type World } from "../../../test/e2e/world.ts";
import { type AgentProcess, report, startAgentProcess } from "../../../test/support/agent-process.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { startPostgres } from "../../../test/support/postgres.ts";
import { type CountingProxy, startCountingProxy, type Write } from "./counting-proxy.ts";
import { floodOf } from "./flood.ts";
import { type BenchOptions, notMeasured, type Row, row } from "./row.ts";

const TAKES_OVER = "two agents on one gateway: the other one writes after the writer was killed";
const AT_ONCE = "two agents on one gateway: writes of one while the other was writing";
const PATIENCE_MS = 60_000;
/** Without authentication, so that a throttle can help there. */
const OPEN_ROUTES = ["users", "login", "search"] as const;
const LAST_ROUTE = "orders";

interface Agent {
  process: AgentProcess;
  proxy: CountingProxy;
}

const lastOf = ({ proxy }: Agent): number => proxy.writes.at(-1)?.from ?? 0;

const overlaps = (one: Write, other: Write): boolean => one.from < other.to && other.from < one.to;

/** Floods of all routes, told to one and the other in turn; until each route has its throttle. */
async function bothWrite(agents: readonly Agent[]): Promise<void> {
  const routes = OPEN_ROUTES.map((name) => [name, ROUTE_IDS[name]] as const);
  for (const [i, [name, id]] of routes.entries()) await report(agents[i % 2]!.process.url, [floodOf(name, id)]);
  await eventually(
    async () => {
      const actions = await agents[0]!.process.client.actions();
      const missing = routes.filter(([, id]) => !actions.some((one) => one.target.route_id === id && one.applied_at));
      if (missing.length > 0)
        throw new Error(`not throttled: ${missing.join()}: ${JSON.stringify(actions.slice(0, 3))}`);
    },
    PATIENCE_MS,
    200,
  );
}

/** Kills whoever wrote last, and tells how long it takes until the other writes what comes next. */
async function takeover(agents: readonly Agent[]): Promise<number> {
  const [writer, other] = [...agents].sort((a, b) => lastOf(b) - lastOf(a)) as [Agent, Agent];
  const before = other.proxy.writes.length;
  const killed = Date.now();
  await writer.process.kill();
  await report(other.process.url, [floodOf(LAST_ROUTE, ROUTE_IDS[LAST_ROUTE])]);
  await eventually(
    async () => {
      if (other.proxy.writes.length === before) throw new Error("the other one has not written");
    },
    PATIENCE_MS,
    20,
  );
  return other.proxy.writes[before]!.from - killed;
}

async function startAgents(world: World, DATABASE_URL: string): Promise<Agent[]> {
  const agents: Agent[] = [];
  for (let i = 0; i < 2; i++) {
    const proxy = await startCountingProxy(() => world.gateway.adminUrl);
    const environment = { DATABASE_URL, KONG_ADMIN_URL: proxy.url, POLICY_FILE: world.policyFile, DRY_RUN: "false" };
    agents.push({ process: await startAgentProcess({ environment }), proxy });
  }
  return agents;
}

export async function twoAgents({ say }: BenchOptions, policy: object): Promise<Row[]> {
  const postgres = await startPostgres().catch((error: Error) => error);
  if (postgres instanceof Error) {
    const why = `PostgreSQL is not at hand: ${postgres.message}`;
    return [notMeasured(AT_ONCE, "writes", 0, why), notMeasured(TAKES_OVER, "s", 10, why)];
  }
  const agentUrl = "http://127.0.0.1:9";
  const world = await startWorld({ database: true, agent: false, agentUrl, policy });
  let agents: Agent[] = [];
  try {
    agents = await startAgents(world, await postgres.createDatabase());
    await bothWrite(agents);
    const [first, second] = agents.map(({ proxy }) => [...proxy.writes]) as [Write[], Write[]];
    const atOnce = first.filter((one) => second.some((other) => overlaps(one, other))).length;
    const took = await takeover(agents);
    say(`  the writer was killed, the other wrote ${took} ms later`);
    const note = `${first.length} writes of one and ${second.length} of the other`;
    return [row(AT_ONCE, atOnce, "writes", 0, { note }), row(TAKES_OVER, took / 1000, "s", 10)];
  } finally {
    for (const { process, proxy } of agents) {
      await process.remove();
      proxy.close();
    }
    await world.stop();
    await postgres.stop();
  }
}
