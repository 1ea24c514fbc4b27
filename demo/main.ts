/** The demo: real attacks on a real gateway, what the system makes of them, and what it did to everybody else. */
import { legitimateTraffic } from "./legitimate.ts";
import { type Options, readOptions } from "./options.ts";
import { play } from "./player.ts";
import { seeded } from "./random.ts";
import { printReport } from "./report.ts";
import { echoTraffic } from "./rollback/bad-commit.ts";
import { chooseGateway } from "./stack/gateway.ts";
import { type Cleanup, createCleanup, type Stack, startStack } from "./stack/index.ts";
import { judge } from "./steps.ts";
import { tellStory } from "./story.ts";
import { createTimeline, paint } from "./timeline.ts";

const write = (text: string) => process.stdout.write(`${text}\n`);

function introduce(stack: Stack, seed: number): void {
  write(
    `  proxy   ${stack.gateway.proxyUrl}   (clients' addresses come in X-Forwarded-For from the trusted proxy 127.0.0.1)`,
  );
  write(`  admin   ${stack.gateway.adminUrl}`);
  write(`  agent   ${stack.agent.url}   (log: ${stack.agent.logFile})`);
  write("");
  write(`  plugin  mode: ${paint("1;33", "enforce")}      (installed, it starts with monitor: it stops nothing)`);
  write(`  agent   DRY_RUN: ${paint("1;33", "false")}     (installed, it starts with true: it changes nothing)`);
  write(`  seed    ${seed}`);
}

function showAround(stack: Stack): void {
  const { agent, gateway, secrets } = stack;
  const ask = (path: string) => `  curl -s -H 'Authorization: Bearer ${secrets.viewer}' '${agent.url}${path}'`;
  write(`\n${paint("1", "Look around")} (legitimate traffic goes on; Ctrl-C ends everything)\n`);
  write(ask("/v1/status"));
  write(ask("/v1/incidents?limit=5"));
  write(ask("/v1/actions?limit=5"));
  write(ask("/metrics"));
  write(`  curl -si -H 'X-Forwarded-For: 203.0.113.99' '${gateway.proxyUrl}/search?q=1%27%20OR%20%271%27=%271'`);
  write(`  curl -s ${gateway.adminUrl}/plugins`);
  write(`\n  The token above may look; this one may act: ${secrets.operator}\n`);
}

async function run(options: Options, cleanup: Cleanup): Promise<boolean> {
  const choice = chooseGateway(options.gateway);
  write(`\n${paint("1", "kong-threat-response")}\n`);
  write(`  gateway ${choice.name} (${choice.why})`);
  const stack = await startStack(options, choice, cleanup);
  introduce(stack, options.seed);
  const timeline = createTimeline();
  const random = seeded(options.seed + 1);
  const legitimate = play(legitimateTraffic(random, stack.accounts, stack.staff), stack.ledger, random);
  cleanup.add(() => legitimate.stop());
  const partners = play(echoTraffic(), stack.ledger, seeded(options.seed + 2));
  cleanup.add(() => partners.stop());
  const story = await tellStory(stack, timeline);
  const steps = judge(story);
  printReport(story, steps, timeline.startedAt);
  if (!options.exit) {
    showAround(stack);
    await new Promise(() => undefined);
  }
  return steps.every((step) => step.held);
}

function stopOnSignals(cleanup: Cleanup): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.once(signal, () => {
      write("\nStopping …");
      void cleanup.run().then(() => process.exit(code));
    });
  }
}

const options = readOptions(process.argv.slice(2));
const cleanup = createCleanup();
stopOnSignals(cleanup);
try {
  process.exitCode = (await run(options, cleanup)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`\nThe demo could not go on: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await cleanup.run();
}
