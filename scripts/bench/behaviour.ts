/**
 * `npm run bench:behaviour`: attacks that only show over time, and events that look like them, against the built plugin. Time is simulated:
 * the plugin's own code runs in LuaJIT with two workers, a shared dictionary and timers on a virtual clock, so that hours pass in seconds;
 * nginx, the network and payload inspection are not in it. The most important scenarios run in real time in test/e2e.
 * --seed N plays other traffic, --quick only the short scenarios, --only TEXT those whose name has it (or one of several, between bars), --json prints one object.
 */
import { parseArgs } from "node:util";
import { SCENARIOS } from "./behaviour/index.ts";
import { falseIncidents, judge } from "./behaviour/judge.ts";
import { type Played, runScenario } from "./behaviour/run-scenario.ts";
import type { Scenario } from "./behaviour/scenario.ts";
import { formatMeasure, type Measure, machine } from "./measures.ts";

/** Simulated seconds. */
const SHORT_S = 1200;
const SHOWN = 5;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
  },
});

function say(text: string): void {
  if (!options.json) process.stdout.write(`${text}\n`);
}

function explain(scenario: Scenario, played: Played): void {
  for (const one of falseIncidents(scenario, played).slice(0, SHOWN))
    say(`    false: ${one.at.toFixed(1)} s ${one.category} ${one.detector} ${one.subject}: ${one.reasons.join("; ")}`);
  if (played.failure !== undefined) say(`    error: ${played.failure}`);
  if (!options.verbose) return;
  say(`    ${played.exchanges.length} requests, ${played.operationsPerRequest.toFixed(2)} dictionary operations each`);
  for (const one of played.incidents.slice(0, 4 * SHOWN))
    say(
      `    ${one.at.toFixed(1)} s ${one.category} ${one.detector} ${one.subject} ${one.requests}: ${one.reasons.join("; ")}`,
    );
}

async function main(): Promise<void> {
  const seed = Number(options.seed);
  const chosen = SCENARIOS.filter(
    ({ name, seconds }) =>
      options.only.split("|").some((part) => name.includes(part)) && !(options.quick && seconds > SHORT_S),
  );
  const measures: Measure[] = [];
  say("Time is simulated: figures say what the plugin decides, not how fast a machine is.");
  for (const scenario of chosen) {
    const played = await runScenario(scenario, seed);
    const judged = judge(scenario, played);
    for (const one of judged) say(formatMeasure(one));
    explain(scenario, played);
    measures.push(...judged);
  }
  if (options.json)
    process.stdout.write(`${JSON.stringify({ machine: machine(), simulated_time: true, seed, measures })}\n`);
  else say(`${measures.filter(({ met }) => met).length} of ${measures.length} targets met`);
}

await main();
