/** What a played scenario says about the plugin, as measures. */
import { type Measure, measured } from "../measures.ts";
import type { Exchange, Played, Reported } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** Where nothing was found, time to detect is the whole time there was. */
function detectedAt(scenario: Scenario, { incidents }: Played): number | undefined {
  return incidents.find((one) => one.category === scenario.category && one.at >= scenario.begins)?.at;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** From the beginning to the first request of the attack that the plugin stopped. */
function reflexTime(scenario: Scenario, { exchanges }: Played): number {
  const stopped = exchanges.filter(({ request, answer }) => request.isAttack && answer.stopped);
  const first = stopped.reduce((least, { request }) => Math.min(least, request.at), scenario.seconds);
  return first - scenario.begins;
}

/** The time that stopping takes effect in is not counted: the later half of what remains after detection. */
function passedShare(scenario: Scenario, played: Played, detected: number): number {
  const from = detected + (scenario.seconds - detected) / 2;
  const attack = played.exchanges.filter(({ request }) => request.isAttack && request.at >= from);
  return percent(attack.filter(({ answer }) => !answer.stopped).length, attack.length);
}

function p99(exchanges: Exchange[]): number {
  const sorted = exchanges.map(({ answer }) => answer.seconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

/** Of answers that legitimate clients got from the service. */
function slowdown(scenario: Scenario, played: Played): number {
  const served = played.exchanges.filter(({ request, answer }) => !request.isAttack && !answer.stopped);
  const settled = scenario.begins + (scenario.targets.settled ?? 5);
  const before = served.filter(({ request }) => request.at < scenario.begins);
  const during = served.filter(({ request }) => request.at >= settled);
  return p99(during) / Math.max(p99(before), 0.001);
}

/** Incidents that nobody should have been told of. */
export function falseIncidents(scenario: Scenario, { incidents }: Played): Reported[] {
  const right = new Set<string>(scenario.tolerated ?? []);
  return incidents.filter(({ category, at }) => {
    if (right.has(category)) return false;
    return category !== scenario.category || at < scenario.begins;
  });
}

function harmedShare(scenario: Scenario, { exchanges }: Played): number {
  const legitimate = exchanges.filter(({ request }) => !request.isAttack && request.at >= scenario.begins);
  return percent(legitimate.filter(({ answer }) => answer.stopped).length, legitimate.length);
}

export function judge(scenario: Scenario, played: Played): Measure[] {
  const { name, targets } = scenario;
  const measures: Measure[] = [];
  const add = (what: string, value: number, unit: string, target?: number) =>
    measures.push(measured(`${name}: ${what}`, value, unit, target));
  if (scenario.category !== undefined) {
    const detected = detectedAt(scenario, played);
    const since = (detected ?? Number.POSITIVE_INFINITY) - scenario.begins;
    // No such thing as infinity in JSON: what is never found took longer than the scenario.
    add("time to detect", Math.min(since, scenario.seconds), "s", targets.detected ?? 60);
    if (targets.reflex !== undefined) add("time to reflex", reflexTime(scenario, played), "s", targets.reflex);
    if (targets.passed !== undefined)
      add(
        "attack that passes afterwards",
        passedShare(scenario, played, detected ?? scenario.begins),
        "%",
        targets.passed,
      );
  }
  add("legitimate requests stopped", harmedShare(scenario, played), "%", targets.harmed ?? 0);
  add(
    "false incidents",
    new Set(falseIncidents(scenario, played).map((one) => one.category + one.subject)).size,
    "",
    0,
  );
  if (targets.slowdown !== undefined)
    add("legitimate p99 over its baseline", slowdown(scenario, played), "times", targets.slowdown);
  if (played.failures > 0) add("requests that passed by an error of the plugin", played.failures, "", 0);
  return measures;
}
