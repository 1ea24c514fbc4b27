/** What judging a request costs by itself, without a gateway around it: of recorded requests, and of the worst that anybody could send. */
import type { Draft } from "../../training/request.ts";
import { answerLines } from "../score/scorer.ts";
import { readMix } from "./corpora-mix.ts";
import { type Measure, measured } from "./measures.ts";
import { WORST_CASES } from "./worst-cases.ts";

const DRIVER = "bench.lua.scorer-cost";
const MOST_P99_US = 50;
const MOST_WORST_US = 500;

/** Microseconds, in order. */
async function costs(requests: readonly Draft[]): Promise<number[]> {
  const lines = requests.map((request) => JSON.stringify(request)).join("\n");
  const { answers, errors } = await answerLines(`${lines}\n`, DRIVER);
  if (answers.length !== requests.length) throw new Error(`${answers.length} of ${requests.length} timed. ${errors}`);
  return answers.map((nanoseconds) => Number(nanoseconds) / 1000);
}

function describeReplayed(all: readonly number[]): Measure[] {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return [
    measured("scorer, replayed requests, mean", mean, "µs"),
    measured("scorer, replayed requests, p50", at(0.5), "µs"),
    measured("scorer, replayed requests, p99", at(0.99), "µs", MOST_P99_US),
    measured("scorer, replayed requests, longest", sorted[sorted.length - 1]!, "µs"),
  ];
}

export async function benchScorer(corpora: string, seed: number, count: number): Promise<Measure[]> {
  const mix = readMix(corpora, seed, count);
  const replayed = mix.length > 0 ? describeReplayed(await costs(mix)) : [];
  const worst = await costs(WORST_CASES.map(({ request }) => request));
  const each = WORST_CASES.map(({ name }, n) => measured(`scorer, ${name}`, worst[n]!, "µs"));
  return [
    ...replayed,
    ...each,
    measured("scorer, worst case within the default byte budget", Math.max(...worst), "µs", MOST_WORST_US),
  ];
}
