/** Two agents on one database and one gateway: the one that writes is killed; when does the other? */
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { testPolicy } from "../../../test/e2e/policy.ts";
import { startWorld } from "../../../test/e2e/world.ts";
import { type AgentProcess, report, startAgentProcess } from "../../../test/support/agent-process.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { incidentRecord } from "../../../test/support/gateway-node.ts";
import { startPostgres } from "../../../test/support/postgres.ts";
import { type BenchOptions, notMeasured, type Row, row } from "./row.ts";

const NAME = "two agents on one gateway: the other one writes after the writer was killed";
const PATIENCE_MS = 60_000;

async function throttles(agent: AgentProcess, name: keyof typeof ROUTE_IDS): Promise<number> {
  const route_id = ROUTE_IDS[name];
  const subject = { kind: "route", value: route_id } as const;
  const scope = { route_id, route_name: name };
  const flood = { category: "api_ddos", detector: "flood.route", subject, scope, requests: 5_000, distinct_ips: 400 };
  await report(agent.url, [incidentRecord(flood)]);
  return eventually(
    async () => {
      const actions = await agent.client.actions();
      const on = actions.find(({ target, status }) => target.route_id === route_id && status === "applied");
      if (on?.applied_at == null) throw new Error(`${name} is not throttled: ${JSON.stringify(actions.slice(0, 3))}`);
      return Date.parse(on.applied_at);
    },
    PATIENCE_MS,
    50,
  );
}

/** Each survives in turn, since which of them writes is theirs to settle. */
export async function twoAgents({ say }: BenchOptions): Promise<Row> {
  const postgres = await startPostgres().catch((error: Error) => error);
  if (postgres instanceof Error) return notMeasured(NAME, "s", 10, `PostgreSQL is not at hand: ${postgres.message}`);
  const world = await startWorld({
    database: true,
    agent: false,
    agentUrl: "http://127.0.0.1:9",
    policy: testPolicy(),
  });
  const DATABASE_URL = await postgres.createDatabase();
  const environment = {
    DATABASE_URL,
    KONG_ADMIN_URL: world.gateway.adminUrl,
    POLICY_FILE: world.policyFile,
    DRY_RUN: "false",
  };
  const agents: AgentProcess[] = [];
  try {
    for (let i = 0; i < 2; i++) agents.push(await startAgentProcess({ environment }));
    const [first, second] = agents as [AgentProcess, AgentProcess];
    await throttles(first, "users");
    const killed = Date.now();
    await first.kill();
    const took = (await throttles(second, "orders")) - killed;
    say(`  one agent was killed, the other wrote ${took} ms later`);
    return row(NAME, took / 1000, "s", 10);
  } finally {
    for (const agent of agents) await agent.remove();
    await world.stop();
    await postgres.stop();
  }
}
