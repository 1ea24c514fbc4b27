/** What judging a request costs by itself, without a gateway around it: of recorded requests, and of the worst that anybody could send. */
import type { Draft } from "../../training/request.ts";
import { answerLines } from "../score/scorer.ts";
import { readMix } from "./corpora-mix.ts";
import { type Measure, measured } from "./measures.ts";
import { WORST_CASES } from "./worst-cases.ts";

const DRIVER = "bench.lua.scorer-cost";
const MOST_P99_US = 50;
const MOST_WORST_US = 500;

interface Costs {
  /** Microseconds, in order: with nothing known of what was judged before, and known as it is when the same comes again. */
  first: number[];
  again: number[];
}

async function costs(requests: readonly Draft[]): Promise<Costs> {
  const lines = requests.map((request) => JSON.stringify(request)).join("\n");
  const { answers, errors } = await answerLines(`${lines}\n`, DRIVER);
  if (answers.length !== requests.length) throw new Error(`${answers.length} of ${requests.length} timed. ${errors}`);
  const both = answers.map((answer) => answer.split(" ").map((nanoseconds) => Number(nanoseconds) / 1000));
  return { first: both.map(([first]) => first!), again: both.map(([, again]) => again!) };
}

function describeReplayed(name: string, all: readonly number[], most: number | undefined): Measure[] {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return [
    measured(`scorer, ${name}, mean`, mean, "µs"),
    measured(`scorer, ${name}, p50`, at(0.5), "µs"),
    measured(`scorer, ${name}, p99`, at(0.99), "µs", most),
    measured(`scorer, ${name}, longest`, sorted[sorted.length - 1]!, "µs"),
  ];
}

async function replayed(mix: readonly Draft[]): Promise<Measure[]> {
  const { first, again } = await costs(mix);
  return [
    ...describeReplayed("replayed requests", again, MOST_P99_US),
    ...describeReplayed("replayed requests, nothing of which was judged before", first, undefined),
  ];
}

export async function benchScorer(corpora: string, seed: number, count: number): Promise<Measure[]> {
  const mix = readMix(corpora, seed, count);
  const ofMix = mix.length > 0 ? await replayed(mix) : [];
  // Whoever sends these takes care that no two are alike.
  const { first } = await costs(WORST_CASES.map(({ request }) => request));
  const each = WORST_CASES.map(({ name }, n) => measured(`scorer, ${name}`, first[n]!, "µs"));
  return [
    ...ofMix,
    ...each,
    measured("scorer, worst case within the default byte budget", Math.max(...first), "µs", MOST_WORST_US),
  ];
}
