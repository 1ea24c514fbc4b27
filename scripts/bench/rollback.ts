/**
 * `npm run bench:rollback`: seeded histories of a gateway's configuration and traffic, with a known culprit or none, through the agent's own
 * watch on errors, search for the cause and rules on what is never taken back by itself. Time and traffic are simulated; the way through a
 * running gateway and git is played in test/e2e/rollback. --seed N, --quick, --json.
 */
import { parseArgs } from "node:util";
import { ErrorWatch, SLOT_MS } from "../../agent/src/rollback/symptom/watch-errors.ts";
import { seeded } from "../../demo/random.ts";
import { formatMeasure, type Measure, machine, measured, median } from "./measures.ts";
import { ONSET_S } from "./rollback/histories.ts";
import { type Outcome, play } from "./rollback/play.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});

const COUNTS = options.quick ? { causes: 40, others: 24, attacks: 20 } : { causes: 200, others: 120, attacks: 100 };
const say = (text: string) => void (options.json || process.stdout.write(`${text}\n`));

function main(): void {
  const seed = Number(options.seed);
  const random = seeded(seed);
  const outcomes = (Object.keys(COUNTS) as (keyof typeof COUNTS)[]).flatMap((kind) =>
    Array.from({ length: COUNTS[kind] }, (_, n) => ({ kind, ...play(kind, n, random) })),
  );
  const causes = outcomes.filter(({ kind }) => kind === "causes");
  const others = outcomes.filter(({ kind }) => kind !== "causes");
  say(`${outcomes.length} histories, ${others.length} of them without a culprit; time and traffic are simulated.`);
  const wrong = [...causes.filter(({ right }) => !right), ...others.filter(({ automatic }) => automatic)];
  if (options.verbose) for (const one of wrong) explain(one);
  const share = (part: number, whole: number) => (100 * part) / Math.max(1, whole);
  const missed = causes.filter(({ right }) => !right).length;
  const due = causes.filter(({ history }) => history.automatic);
  const measures: Measure[] = [
    measured("culprit not ranked first, of histories with one", share(missed, causes.length), "%", 3),
    measured(
      "rolled back automatically when it was no change's fault",
      others.filter(({ automatic }) => automatic).length,
      "",
      0,
    ),
    measured(
      "protection taken away automatically",
      causes.filter(({ history, automatic }) => automatic && !history.automatic).length,
      "",
      0,
    ),
    measured(
      "left to a human although it was safe to take back",
      share(due.filter(({ automatic }) => !automatic).length, due.length),
      "%",
    ),
    ...alarmTimes(seed),
    falseAlarms(seed),
  ];
  for (const one of measures) say(formatMeasure(one));
  if (options.json)
    process.stdout.write(`${JSON.stringify({ machine: machine(), simulated_time: true, seed, measures })}\n`);
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

main();
