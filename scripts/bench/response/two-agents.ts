/** Two agents on one database and one gateway: do they ever write at once, and when does the other write after the writer was killed? */
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { testPolicy } from "../../../test/e2e/policy.ts";
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
const ENOUGH_WRITES = 3;
/** Without authentication, so that a throttle can help there. */
const OPEN_ROUTES = ["users", "login", "search"] as const;
const LAST_ROUTE = "orders";

interface Agent {
  process: AgentProcess;
  proxy: CountingProxy;
}

const overlaps = (one: Write, other: Write): boolean => one.from < other.to && other.from < one.to;

/** Floods of all routes at one and the other at once, again and again until both have written; their ends are written, too. */
async function bothWrite(agents: readonly Agent[]): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && agents.some(({ proxy }) => proxy.writes.length < ENOUGH_WRITES)) {
    const reports = OPEN_ROUTES.map((name, i) => report(agents[i % 2]!.process.url, [floodOf(name, ROUTE_IDS[name])]));
    await Promise.all(reports);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

/** Kills one while it writes, when its right to do so is as fresh as can be, and tells how long it takes until the other writes. */
async function takeover(agents: readonly Agent[]): Promise<number> {
  const before = agents.map(({ proxy }) => proxy.writes.length);
  await report(agents[0]!.process.url, [floodOf(LAST_ROUTE, ROUTE_IDS[LAST_ROUTE])]);
  const writer = await eventually(
    async () => {
      const writing = agents.findIndex(({ proxy }, i) => proxy.writes.length > before[i]!);
      if (writing < 0) throw new Error("nobody writes");
      return writing;
    },
    PATIENCE_MS,
    5,
  );
  const other = agents[1 - writer]!;
  const killed = Date.now();
  await agents[writer]!.process.kill();
  await report(
    other.process.url,
    OPEN_ROUTES.map((name) => floodOf(name, ROUTE_IDS[name])),
  );
  const wrote = () => other.proxy.writes.find(({ from }) => from > killed);
  await eventually(async () => void needed(wrote()), PATIENCE_MS, 20);
  return needed(wrote()).from - killed;
}

function needed(write: Write | undefined): Write {
  if (write === undefined) throw new Error("the other one has not written");
  return write;
}

async function startAgents(world: World, DATABASE_URL: string): Promise<Agent[]> {
  const agents: Agent[] = [];
  for (let i = 0; i < 2; i++) {
    const proxy = await startCountingProxy(() => world.gateway.adminUrl);
    const environment = {
      DATABASE_URL,
      KONG_ADMIN_URL: proxy.url,
      POLICY_FILE: world.policyFile,
      DRY_RUN: "false",
      WRITE_INTERVAL_S: "0",
    };
    agents.push({ process: await startAgentProcess({ environment }), proxy });
  }
  return agents;
}

export async function twoAgents({ say }: BenchOptions): Promise<Row[]> {
  const postgres = await startPostgres().catch((error: Error) => error);
  if (postgres instanceof Error) {
    const why = `PostgreSQL is not at hand: ${postgres.message}`;
    return [notMeasured(AT_ONCE, "writes", 0, why), notMeasured(TAKES_OVER, "s", 10, why)];
  }
  const agentUrl = "http://127.0.0.1:9";
  const world = await startWorld({ database: true, agent: false, agentUrl, policy: testPolicy() });
  let agents: Agent[] = [];
  try {
    agents = await startAgents(world, await postgres.createDatabase());
    await bothWrite(agents);
    const [first, second] = agents.map(({ proxy }) => [...proxy.writes]) as [Write[], Write[]];
    const atOnce = first.filter((one) => second.some((other) => overlaps(one, other))).length;
    const took = await takeover(agents);
    say(`  the writer was killed, the other wrote ${took} ms later`);
    const note = `${first.length} writes of one and ${second.length} of the other`;
    const together =
      Math.min(first.length, second.length) > 0
        ? row(AT_ONCE, atOnce, "writes", 0, { note })
        : notMeasured(AT_ONCE, "writes", 0, note);
    return [together, row(TAKES_OVER, took / 1000, "s", 10)];
  } finally {
    for (const { process, proxy } of agents) {
      await process.remove();
      proxy.close();
    }
    await world.stop();
    await postgres.stop();
  }
}
