/**
 * `npm run bench:response`: seeded scenarios against a running gateway with the real agent, one measure for each row of the table of targets.
 * --gateway dev|native|docker chooses the gateway, --seed N other traffic, --quick a smaller share, --only TEXT some parts, --json prints one object.
 * What is not measured here says so and where it is; it never counts as met.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { seeded } from "../../demo/random.ts";
import { testPolicy } from "../../test/e2e/policy.ts";
import { startWorld, type World, type WorldOptions } from "../../test/e2e/world.ts";
import { startClaudeServer } from "../../test/support/claude-server.ts";
import { machine } from "./measures.ts";
import { actionFaults, everyAction } from "./response/action-faults.ts";
import { type CountingProxy, startCountingProxy } from "./response/counting-proxy.ts";
import { harmed } from "./response/crowd.ts";
import { ineffective, orphaned } from "./response/ending.ts";
import { masses } from "./response/masses.ts";
import { firstWrite, reaction, reflex } from "./response/reaction.ts";
import { type BenchOptions, formatRow, notMeasured, type Row, type Stage } from "./response/row.ts";
import { twoAgents } from "./response/two-agents.ts";
import { victim } from "./response/victim.ts";

const { values: given } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    gateway: { type: "string", default: "dev" },
    seed: { type: "string", default: "1" },
  },
});
process.env.GATEWAY_TARGET = given.gateway;

const say = (text: string): void => {
  if (!given.json) process.stdout.write(`${text}\n`);
};

/** Intervals as shipped; what is measured is what users get. */
const SHIPPED_INTERVALS = { agent: { poll_interval_s: 1, flush_interval_s: 1 } };
const shippedPolicy = (): object =>
  parse(readFileSync(join(import.meta.dirname, "..", "..", "agent", "policy.yaml"), "utf8")) as object;

async function inWorld(options: WorldOptions, run: (world: World) => Promise<Row[]>): Promise<Row[]> {
  const world = await startWorld(options);
  try {
    return await run(world);
  } finally {
    await world.stop();
  }
}

const stageOf = (world: World): Stage => ({ ...benchOptions(), world });
const benchOptions = (): BenchOptions => ({ random: seeded(Number(given.seed)), quick: given.quick, say });

const asShipped = () => ({ database: true, plugin: SHIPPED_INTERVALS, policy: shippedPolicy() });

/** Else the gateway would have stopped the address by itself before there is evidence enough for the agent. */
const onlyTheAgentBlocks = () => ({
  ...asShipped(),
  plugin: { ...SHIPPED_INTERVALS, source: { min_evidence: 10_000 } },
});

/** The shared policy gives actions ten seconds; here they must outlast their evaluation. */
function lastingPolicy(): object {
  return JSON.parse(JSON.stringify(testPolicy()).replaceAll('"ttl_s":10', '"ttl_s":120')) as object;
}

/** The agent's writes go through a proxy that notes them. */
async function counted(
  options: WorldOptions,
  run: (world: World, proxy: CountingProxy) => Promise<Row[]>,
): Promise<Row[]> {
  let adminUrl = "";
  const proxy = await startCountingProxy(() => adminUrl);
  const agent = { ...options.agent, KONG_ADMIN_URL: proxy.url };
  try {
    return await inWorld({ ...options, agent, onGateway: (url) => (adminUrl = url) }, (world) => run(world, proxy));
  } finally {
    proxy.close();
  }
}

async function whileClaudeIsSilent(): Promise<Row[]> {
  const claude = await startClaudeServer("hang");
  const agent = { ANTHROPIC_API_KEY: "a key of the bench", ANTHROPIC_BASE_URL: claude.url };
  try {
    return await counted({ ...asShipped(), agent }, async (world, proxy) => [
      await firstWrite(stageOf(world), proxy, () => claude.requests.length),
    ]);
  } finally {
    await claude.close();
  }
}

/** As tests have it, but for one route a hot patch. */
function patchingPolicy(): object {
  const { rules, ...rest } = testPolicy() as { rules: object[] };
  const params = { when: { field: "header", name: "x-attack", equals: "1" } };
  const patch = {
    name: "hot patch",
    when: { category: "api_ddos", scope: { routes: ["orders"] } },
    plans: [{ id: "patch", action: "hot_patch", ttl_s: 10, params }],
  };
  return { ...rest, rules: [patch, ...rules] };
}

const PARTS: Record<string, () => Promise<Row[]>> = {
  reflex: () => inWorld(asShipped(), async (world) => [await reflex(stageOf(world))]),
  reaction: () => inWorld(onlyTheAgentBlocks(), async (world) => [await reaction(stageOf(world))]),
  firstWrite: whileClaudeIsSilent,
  harmed: () => inWorld(asShipped(), (world) => harmed(stageOf(world))),
  victim: () => inWorld(asShipped(), async (world) => [await victim(stageOf(world))]),
  ineffective: () =>
    inWorld({ database: true, policy: lastingPolicy() }, async (world) => [await ineffective(stageOf(world))]),
  orphaned: () =>
    inWorld({ database: true, policy: patchingPolicy(), plugin: { source: { min_evidence: 10_000 } } }, (world) =>
      orphaned(stageOf(world)),
    ),
  twoAgents: () => twoAgents(benchOptions()),
  masses: () =>
    counted({ database: true, policy: lastingPolicy() }, async (world, proxy) => [await masses(stageOf(world), proxy)]),
  actionFaults: async () => [await actionFaults(benchOptions())],
  everyAction: async () => [everyAction(given.gateway)],
};

async function measure(name: string, part: () => Promise<Row[]>): Promise<Row[]> {
  say(`${name} …`);
  try {
    return await part();
  } catch (error) {
    return [notMeasured(name, "-", 0, `it broke off: ${(error as Error).message.slice(0, 300)}`)];
  }
}

async function main(): Promise<void> {
  const measures: Row[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (!name.toLowerCase().includes(given.only.toLowerCase())) continue;
    const rows = await measure(name, part);
    for (const one of rows) say(formatRow(one));
    measures.push(...rows);
  }
  if (given.json) {
    const head = { machine: machine(), gateway: given.gateway, seed: Number(given.seed), quick: given.quick };
    process.stdout.write(`${JSON.stringify({ ...head, measures })}\n`);
    return;
  }
  const measured = measures.filter(({ met }) => met !== null);
  say(
    `${measured.filter(({ met }) => met).length} of ${measured.length} measured targets met, ${measures.length - measured.length} not measured`,
  );
}

await main();
// What faults left half open, such as requests that nobody answers, must not keep what is done from ending.
process.exit();
