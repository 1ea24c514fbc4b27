/**
 * Whether two builds of the plugin find the same in the same requests: class, score, field, window and reason, and what was not inspected. For changes
 * that are only to be faster.
 *   npm run bench:compare -- <lua-dist of the other build> [--corpora <folder>] [--stride N] [--seed N]
 * Judged are each N-th request of the corpora (default 4), as many that are spliced of two of them, and the costliest.
 */
import { parseArgs } from "node:util";
import { seeded } from "../../demo/random.ts";
import type { Draft } from "../../training/request.ts";
import { answerLines } from "../score/scorer.ts";
import { defaultCorpora } from "./corpora-mix.ts";
import { readCorpora } from "./detection/corpora.ts";
import { WORST_CASES } from "./worst-cases.ts";

const DRIVER = "bench.lua.findings";
const MOST_SHOWN = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    corpora: { type: "string", default: defaultCorpora() },
    stride: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
  },
});

type Random = ReturnType<typeof seeded>;

/** The beginning of one and the end of another: forms cut short, JSON in queries, types that do not fit. */
function splice(one: string, other: string, random: Random): string {
  return one.slice(0, random.between(0, one.length)) + other.slice(random.between(0, other.length));
}

function crossed(one: Draft, other: Draft, random: Random): Draft {
  return {
    ...one,
    query: splice(one.query, random.between(0, 3) === 0 ? other.body.slice(0, 2000) : other.query, random),
    headers: random.between(0, 1) === 0 ? one.headers : other.headers,
    body: splice(one.body, other.body, random),
  };
}

function requests(): Draft[] {
  const random = seeded(Number(values.seed));
  const recorded: Draft[] = readCorpora(values.corpora, Number(values.stride), Number(values.seed)).flatMap(
    (corpus) => corpus.requests,
  );
  const any = () => recorded[random.between(0, recorded.length - 1)]!;
  return [
    ...recorded,
    ...recorded.map((one) => crossed(one, any(), random)),
    ...WORST_CASES.map(({ request }) => request),
  ];
}

const [folder] = positionals;
if (folder === undefined) throw new Error("Name the lua-dist of the other build.");
const all = requests();
const lines = `${all.map((request) => JSON.stringify(request)).join("\n")}\n`;
const before = await answerLines(lines, DRIVER, folder);
const after = await answerLines(lines, DRIVER);
if (before.answers.length !== 2 * all.length || after.answers.length !== 2 * all.length)
  throw new Error(`Not all were judged. ${before.errors} ${after.errors}`);
const differing = all.length * 2 - after.answers.filter((answer, n) => answer === before.answers[n]).length;
const shown = after.answers.flatMap((answer, n) => (answer === before.answers[n] ? [] : [n])).slice(0, MOST_SHOWN);
for (const n of shown)
  process.stdout.write(
    `${JSON.stringify(all[n % all.length])}\n  other: ${before.answers[n]}\n  this:  ${after.answers[n]}\n`,
  );
process.stdout.write(`${all.length} requests, twice each: ${differing} differences\n`);
process.exitCode = differing === 0 ? 0 : 1;
