/**
 * `npm run bench:rollback`: seeded histories of a gateway's configuration and traffic, with a known culprit or none, through the agent's own
 * watch on errors, search for the cause and rules on what is never taken back by itself, on simulated time; then the way through a
 * running gateway and git in real time. --seed N, --quick, --json, --simulated (without the second part).
 */
import { parseArgs } from "node:util";
import { ErrorWatch, SLOT_MS } from "../../agent/src/rollback/symptom/watch-errors.ts";
import { LatencyWatch } from "../../agent/src/rollback/symptom/watch-latency.ts";
import type { AnswerSlot } from "../../agent/src/store/traffic-answers.ts";
import { LATENCY_BUCKETS } from "../../contract/ingest.ts";
import { seeded } from "../../demo/random.ts";
import { formatMeasure, type Measure, machine, measured, median } from "./measures.ts";
import { ONSET_S } from "./rollback/histories.ts";
import { liveMeasures } from "./rollback/live.ts";
import { type Outcome, play } from "./rollback/play.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    simulated: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});

const COUNTS = options.quick
  ? { causes: 40, others: 24, attacks: 20, slow: 12, slowOthers: 15 }
  : { causes: 200, others: 120, attacks: 100, slow: 60, slowOthers: 75 };
const say = (text: string) => void (options.json || process.stdout.write(`${text}\n`));

async function main(): Promise<void> {
  const seed = Number(options.seed);
  const random = seeded(seed);
  const outcomes = (Object.keys(COUNTS) as (keyof typeof COUNTS)[]).flatMap((kind) =>
    Array.from({ length: COUNTS[kind] }, (_, n) => ({ kind, ...play(kind, n, random) })),
  );
  const causes = outcomes.filter(({ kind }) => kind === "causes");
  const slow = outcomes.filter(({ kind }) => kind === "slow");
  const others = outcomes.filter(({ kind }) => kind !== "causes" && kind !== "slow");
  const slowOthers = outcomes.filter(({ kind }) => kind === "slowOthers");
  say(`${outcomes.length} histories, ${others.length} of them without a culprit; time and traffic are simulated.`);
  const wrong = [...causes, ...slow, ...slowOthers].filter(({ right }) => !right);
  wrong.push(...others.filter(({ automatic }) => automatic));
  if (options.verbose) for (const one of wrong) explain(one);
  const measures: Measure[] = [
    ...errorMeasures(causes, others),
    ...alarmTimes(seed),
    falseAlarms(seed),
    ...slowMeasures(slow, slowOthers),
    falseSlowAlarms(seed),
    ...(options.simulated ? [] : await liveOrWhyNot(seed)),
  ];
  for (const one of measures) say(formatMeasure(one));
  if (options.json)
    process.stdout.write(`${JSON.stringify({ machine: machine(), simulated_time: true, seed, measures })}\n`);
}

/** What was simulated is told all the same; without the live rows the bench has failed. */
async function liveOrWhyNot(seed: number): Promise<Measure[]> {
  try {
    return await liveMeasures(seed, options.quick ? 1 : 3);
  } catch (error) {
    process.stderr.write(`the live part was not played to its end: ${(error as Error).message}\n`);
    process.exitCode = 1;
    return [];
  }
}

const share = (part: readonly unknown[], whole: readonly unknown[]) => (100 * part.length) / Math.max(1, whole.length);

function errorMeasures(causes: readonly Outcome[], others: readonly (Outcome & { kind: string })[]): Measure[] {
  const missed = causes.filter(({ right }) => !right);
  const attacks = others.filter(({ kind }) => kind === "attacks");
  const due = causes.filter(({ history }) => history.automatic);
  const forbidden = causes.filter(({ history, automatic }) => automatic && !history.automatic);
  const late = due.filter(({ automatic }) => !automatic);
  return [
    measured("culprit not ranked first, of histories with one", share(missed, causes), "%", 3),
    measured(
      "rolled back automatically when it was no change's fault",
      others.filter(({ automatic }) => automatic).length,
      "",
      0,
    ),
    measured(
      `the same in ${attacks.length} histories with an attack right after an innocent or protective change`,
      attacks.filter(({ automatic }) => automatic).length,
      "",
      0,
    ),
    measured("protection taken away automatically", forbidden.length, "", 0),
    measured("left to a human although it was safe to take back", share(late, due), "%"),
  ];
}

function slowMeasures(slow: readonly Outcome[], slowOthers: readonly Outcome[]): Measure[] {
  const missed = slow.filter(({ right }) => !right);
  const blamed = slowOthers.filter(({ right }) => !right);
  const times = slow.flatMap(({ alarm_at }) => (alarm_at === null ? [] : alarm_at - ONSET_S));
  return [
    measured("culprit not ranked first, where a change made requests slow", share(missed, slow), "%", 3),
    measured("a change blamed for slowness of the service's or the gateway's own", share(blamed, slowOthers), "%", 3),
    measured("slowness taken back automatically", slow.filter(({ automatic }) => automatic).length, "", 0),
    measured("alarm where a change made requests slow, median", median(times), "s"),
  ];
}

function explain({ history, alarm_at, verdict, automatic }: Outcome): void {
  const first = verdict?.suspects[0];
  say(
    `  ${history.name}: alarm ${alarm_at === null ? "none" : `${alarm_at - ONSET_S} s`}, ${verdict?.kind ?? "no verdict"}${automatic ? " (automatic)" : ""}, ${first?.score.toFixed(2) ?? "-"}: ${first?.reasons.join("; ") ?? ""} ${verdict?.reasons.join("; ") ?? ""}`,
  );
}

function alarmTimes(seed: number): Measure[] {
  const random = seeded(seed + 1);
  const times = (rate: number, share: number) =>
    Array.from({ length: options.quick ? 40 : 200 }, () => timeToAlarm(rate, share, random));
  const worst = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
  const outage = times(60, 1);
  const elevated = times(10, 0.3);
  return [
    measured("alarm at 100 % of 60 requests a minute, median", median(outage), "s", 20),
    measured("alarm at 100 % of 60 requests a minute, 95 of 100", worst(outage), "s"),
    measured("alarm at 30 % of 10 requests a minute, median", median(elevated), "s", 180),
    measured("alarm at 30 % of 10 requests a minute, 95 of 100", worst(elevated), "s"),
  ];
}

type Chance = ReturnType<typeof seeded>;

/** Requests of a slot, and how many of them are errors. */
function someSlot(
  rate: number,
  share: (at: number) => number,
  at: number,
  random: Chance,
): { at: number; requests: number; errors: number } {
  let requests = 0;
  let errors = 0;
  // A request in each hundredth of a slot or none: close enough to chance at these rates.
  const chance = ((rate / 60) * (SLOT_MS / 1000)) / 100;
  for (let i = 0; i < 100; i++) {
    const count = Math.floor(chance) + (random.chance(chance % 1) ? 1 : 0);
    for (let k = 0; k < count; k++) {
      requests++;
      if (random.chance(share(at + (i * SLOT_MS) / 100))) errors++;
    }
  }
  return { at, requests, errors };
}

/** Seconds from the first error to the alarm, without what nodes take to report. */
function timeToAlarm(rate: number, share: number, random: Chance): number {
  const watch = new ErrorWatch();
  const onset = 600_000 + random.between(0, 59_999);
  for (let at = 0; at < onset + 1_800_000; at += SLOT_MS) {
    const slot = someSlot(rate, (when) => (when >= onset ? share : 0.005), at, random);
    const alarm = slot.requests === 0 ? null : watch.step(slot);
    if (alarm !== null && alarm.at > onset) return (alarm.at - onset) / 1000;
  }
  return 1_800;
}

/** Healthy minutes with noise: one in a hundred has 30 % errors. */
function falseAlarms(seed: number): Measure {
  const random = seeded(seed + 2);
  const minutes = options.quick ? 2_000 : 10_000;
  const rates = [10, 30, 200];
  let alarms = 0;
  for (const rate of rates) {
    const watch = new ErrorWatch();
    let quietUntil = 0;
    for (let minute = 0; minute < minutes; minute++) {
      const burst = random.chance(0.01) ? 0.3 : 0.005;
      for (let at = minute * 60_000; at < (minute + 1) * 60_000; at += SLOT_MS) {
        const slot = someSlot(rate, () => burst, at, random);
        if (slot.requests === 0 || watch.step(slot) === null || at < quietUntil) continue;
        alarms++;
        quietUntil = at + 600_000;
      }
    }
  }
  return measured(
    "false alarms in 10,000 noisy healthy minutes of one scope",
    (alarms * 10_000) / (minutes * rates.length),
    "",
    1,
  );
}

/** A healthy day and more: latency triples and falls again every 12 hours, 1 % of requests and of minutes are slow. */
function falseSlowAlarms(seed: number): Measure {
  const random = seeded(seed + 3);
  const minutes = options.quick ? 1_500 : 5_000;
  const rates = [10, 60, 600];
  let alarms = 0;
  for (const rate of rates) {
    const watch = new LatencyWatch();
    let quietUntil = 0;
    for (let minute = 0; minute < minutes; minute++) {
      const course = 40 * 3 ** Math.sin((2 * Math.PI * minute) / 720);
      const burst = random.chance(0.01) ? 0.3 : 0.01;
      for (let at = minute * 60_000; at < (minute + 1) * 60_000; at += SLOT_MS) {
        const alarm = watch.step(slowSlot(at, rate, course, burst, random));
        if (alarm === null || at < quietUntil) continue;
        alarms++;
        quietUntil = at + 600_000;
      }
    }
  }
  const per = (alarms * 10_000) / (minutes * rates.length);
  return measured("false alarms of slowness in 10,000 noisy healthy minutes of one scope", per, "", 1);
}

function slowSlot(at: number, rate: number, usual_ms: number, slow: number, random: Chance): AnswerSlot {
  const { requests } = someSlot(rate, () => 0, at, random);
  const total_ms = new Array<number>(LATENCY_BUCKETS).fill(0);
  for (let i = 0; i < requests; i++) {
    const ms = usual_ms * 2 ** (2 * random.next() - 1) + (random.chance(slow) ? 3_000 * random.next() : 0);
    const bucket = Math.floor(Math.log2(ms)) + 1;
    total_ms[bucket] = (total_ms[bucket] ?? 0) + 1;
  }
  return { gateway: "g", route_id: "r", slot_start: at, answers: [], upstream_ms: total_ms, total_ms };
}

await main();
