/**
 * What the plugin costs: CPU time per request and of the scorer alone, added latency in an open loop, growth of memory, trace aborts of the JIT.
 *   npm run bench:gateway -- [--json] [--quick] [--seed N] [--gateway dev|native] [--only cpu,mix,scorer,latency,memory,clients,jit]
 *     [--corpora <folder>]              of recorded requests, for the mix and the scorer (default: $CORPORA, else ../shared/corpora)
 *     [--scenario <part of its name>]   only these scenarios of the latency
 */
import { parseArgs } from "node:util";
import { seeded } from "../../demo/random.ts";
import type { Target } from "../../test/e2e/gateway/targets.ts";
import { startBackend } from "./backend.ts";
import {
  type Contender,
  PLUGINS,
  type PluginSpec,
  RATE_LIMITING,
  startContender,
  threatResponseWithAgent,
} from "./contenders.ts";
import { defaultCorpora } from "./corpora-mix.ts";
import { cpuCosts, WORKLOADS } from "./cpu-cost.ts";
import { benchDetectionMemory } from "./detection-memory.ts";
import { recurringAborts } from "./jit-aborts.ts";
import { describeLatency, FEED, LARGE_BODIES, OUTAGE, REBUILD, runScenario, type Scenario, STEADY } from "./latency.ts";
import { machinePauses } from "./machine-pauses.ts";
import { formatMeasure, type Measure, machine, measured } from "./measures.ts";
import { memoryGrowth } from "./memory.ts";
import { mixCosts } from "./mix-cost.ts";
import { leaveLastCore } from "./pinning.ts";
import { benchScorer } from "./scorer-cost.ts";
import { startAgentStandIn } from "./start-agent-stand-in.ts";
import type { Latencies } from "./steady-load.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    gateway: { type: "string", default: "dev" },
    only: { type: "string", default: "cpu,mix,scorer,latency,memory,clients,jit" },
    corpora: { type: "string", default: defaultCorpora() },
    scenario: { type: "string", default: "" },
    jit: { type: "boolean", default: false },
  },
});
const target = values.gateway as Target;
const parts = values.jit ? ["jit"] : values.only.split(",");
const { quick } = values;
const tell = (text: string) => process.stderr.write(`${text}\n`);

const PER_SECOND = 5000;
const WARM_UP_S = 3;
const ROUND_S = 15;
const MOST_GROWTH_MB = 10;

async function withContenders<T>(contenders: Contender[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const { gateway } of contenders) await gateway.stop();
  }
}

async function startAll(backend: number): Promise<Contender[]> {
  const plugins = target === "native" ? { ...PLUGINS, "rate-limiting (Kong's own)": RATE_LIMITING } : PLUGINS;
  const contenders: Contender[] = [];
  for (const [name, plugin] of Object.entries(plugins))
    contenders.push(await startContender(target, name, plugin, backend));
  return contenders;
}

async function benchMix(backend: number): Promise<Measure[]> {
  tell("CPU per request: recorded requests");
  const contenders = await startAll(backend);
  return withContenders(contenders, () => mixCosts(contenders, values.corpora, Number(values.seed), quick ? 3 : 6));
}

async function benchCpu(backend: number): Promise<Measure[]> {
  const contenders = await startAll(backend);
  return withContenders(contenders, async () => {
    const measures: Measure[] = [];
    for (const workload of WORKLOADS) {
      tell(`CPU per request: ${workload.name}`);
      const costs = await cpuCosts(contenders, workload, quick ? 5_000 : 20_000, quick ? 3 : 5);
      const noop = costs.get("no-op plugin")!;
      for (const [name, cost] of costs) {
        measures.push(measured(`CPU, ${workload.name}, ${name}`, cost, "µs"));
        if (!name.startsWith("threat-response")) continue;
        measures.push(
          measured(`CPU, ${workload.name}, ${name}, over a no-op plugin`, cost - noop, "µs", workload.most),
        );
      }
    }
    return measures;
  });
}

/** Rounds without the plugin and with it, in turn; nothing else runs meanwhile. */
async function benchScenario(backend: number, scenario: Scenario, plugin: PluginSpec): Promise<Measure[]> {
  const rounds = quick ? 1 : 4;
  tell(`latency: ${scenario.name} (${rounds} × 2 × ${ROUND_S} s)`);
  const random = seeded(Number(values.seed));
  const run = async (spec: PluginSpec | undefined) => {
    const contender = await startContender(target, scenario.name, spec, backend);
    return withContenders([contender], async () => {
      await runScenario(scenario, contender, PER_SECOND, WARM_UP_S, random);
      return runScenario(scenario, contender, PER_SECOND, ROUND_S, random);
    });
  };
  const without: Latencies[] = [];
  const withPlugin: Latencies[] = [];
  for (let n = 0; n < rounds; n += 1) {
    without.push(...(await run(undefined)));
    withPlugin.push(...(await run(plugin)));
  }
  return describeLatency(scenario.name, without, withPlugin);
}

async function benchFeed(backend: number): Promise<Measure[]> {
  const agent = await startAgentStandIn();
  return benchScenario(backend, FEED, threatResponseWithAgent(agent.url)).finally(agent.stop);
}

type ScenarioBench = (backend: number) => Promise<Measure[]>;

function latencyBenches(): [Scenario, ScenarioBench][] {
  const alone = PLUGINS["threat-response, enforce"]!;
  const withSpec = (scenario: Scenario, spec: PluginSpec): [Scenario, ScenarioBench] => [
    scenario,
    (backend) => benchScenario(backend, scenario, spec),
  ];
  return [
    withSpec(STEADY, alone),
    withSpec(REBUILD, alone),
    [FEED, benchFeed],
    withSpec(OUTAGE, threatResponseWithAgent("http://127.0.0.1:9")),
    withSpec(LARGE_BODIES, alone),
  ];
}

async function benchLatency(backend: number): Promise<Measure[]> {
  const pauses = machinePauses();
  const measures = [
    measured("latency, pauses of this machine with nothing running, longest in 3 s, median", pauses.typical, "ms"),
    measured("latency, pauses of this machine with nothing running, longest in 15 s", pauses.longest, "ms"),
  ];
  const chosen = latencyBenches().filter(([{ name }]) => name.includes(values.scenario));
  if (chosen.length === 0) throw new Error(`no scenario has "${values.scenario}" in its name`);
  for (const [, bench] of chosen) measures.push(...(await bench(backend)));
  return measures;
}

async function benchMemory(backend: number): Promise<Measure[]> {
  const contender = await startContender(target, "memory", PLUGINS["threat-response, enforce"], backend);
  const count = quick ? 50_000 : 1_000_000;
  tell(`memory: ${count} addresses and user names`);
  const warmUp = quick ? 25_000 : 100_000;
  const growth = await withContenders([contender], () => memoryGrowth(contender, warmUp, count, tell));
  const name = (what: string) => `memory, ${what}, over ${growth.answered} addresses and user names`;
  // Of fewer than that is said what they cost, and not whether it is little enough.
  const most = growth.answered === count ? MOST_GROWTH_MB : undefined;
  return [
    measured(name("growth of the worker's own"), growth.privateMb, "MB", most),
    measured(name("of the shared dictionary newly touched"), growth.sharedMb, "MB"),
  ];
}

async function benchJit(backend: number): Promise<Measure[]> {
  tell("trace aborts on the hot path");
  const aborts = await recurringAborts(backend, quick ? 20_000 : 100_000);
  for (const line of aborts.lines) tell(`  ${line}`);
  return [
    measured("trace aborts while warming up, anywhere", aborts.warmingUp, "aborts"),
    measured("trace aborts that recur once warm, in the plugin", aborts.count, "aborts per 10,000 requests", 0),
  ];
}

const BENCHES: Record<string, (backend: number) => Promise<Measure[]>> = {
  cpu: benchCpu,
  mix: benchMix,
  scorer: () => benchScorer(values.corpora, Number(values.seed), quick ? 1000 : 4000),
  latency: benchLatency,
  memory: benchMemory,
  clients: (backend) => benchDetectionMemory(target, backend, quick ? 25_000 : 100_000),
  jit: benchJit,
};

const about = machine();
tell(
  `${about.cpu}, ${about.cores} cores, Linux ${about.kernel}, Node ${about.node}, load ${about.load.join(" ")}, gateway ${target}`,
);
leaveLastCore();
const backend = await startBackend();
const measures: Measure[] = [];
try {
  for (const part of parts) measures.push(...((await BENCHES[part]?.(backend.port)) ?? []));
} finally {
  await backend.stop();
}
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ machine: { ...about, gateway: target }, seed: Number(values.seed), measures })}\n`,
  );
else process.stdout.write(`${measures.map(formatMeasure).join("\n")}\n`);
