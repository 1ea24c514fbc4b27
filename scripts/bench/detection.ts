/**
 * `npm run bench:detection`: how many attacks of each corpus the plugin flags and blocks, and how many benign requests, as
 * shipped. Corpora are *.jsonl.gz files in the folder CORPORA (default: ../shared/corpora). --quick scores every tenth request,
 * from an offset that --seed chooses; --split also tells each category or site; --json prints one object.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { type Scored, scoreLines } from "../score/scorer.ts";
import { formatMeasure, type Measure, machine } from "./measures.ts";

const QUICK_STRIDE = 10;
/** Percent. Attacks are to be blocked, benign requests are not. */
const LEAST_BLOCKED_ATTACKS = 80;
const MOST_BLOCKED_BENIGN = 0.5;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    split: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});

interface Tally {
  total: number;
  flagged: number;
  blocked: number;
}

function linesOf(path: string, offset: number): string[] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").split("\n");
  const stride = options.quick ? QUICK_STRIDE : 1;
  return lines.filter((line, index) => line !== "" && index % stride === offset % stride);
}

/** Counts by label, and by label and category where that is asked for. */
function tally(lines: string[], scored: Scored[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const [index, line] of lines.entries()) {
    const { label, category } = JSON.parse(line) as { label: string; category: string };
    const verdict = scored[index]!.verdict;
    for (const group of options.split ? [label, `${label} ${category}`] : [label]) {
      const counts = tallies.get(group) ?? { total: 0, flagged: 0, blocked: 0 };
      counts.total += 1;
      if (verdict !== "allow") counts.flagged += 1;
      if (verdict === "block" || verdict === "throttle") counts.blocked += 1;
      tallies.set(group, counts);
    }
  }
  return tallies;
}

function measure(corpus: string, group: string, { total, flagged, blocked }: Tally): Measure[] {
  const percent = (count: number) => Math.round((10_000 * count) / total) / 100;
  const isAttack = group.startsWith("malicious");
  const rate = isAttack ? "TPR" : "FPR";
  const target = isAttack ? LEAST_BLOCKED_ATTACKS : MOST_BLOCKED_BENIGN;
  const value = percent(blocked);
  const name = `${corpus} ${group} (${total})`;
  // A scanner's user agent alone is to be flagged, never blocked.
  if (corpus === "scanner_ua") return [{ name: `${name}: TPR at flag`, value: percent(flagged), unit: "%" }];
  return [
    { name: `${name}: ${rate} at flag`, value: percent(flagged), unit: "%" },
    { name: `${name}: ${rate} at block`, value, unit: "%", target, met: isAttack ? value >= target : value <= target },
  ];
}

async function measureCorpus(folder: string, file: string, seed: number): Promise<Measure[]> {
  const lines = linesOf(join(folder, file), seed);
  const { scored, errors } = await scoreLines(`${lines.join("\n")}\n`);
  if (scored.length !== lines.length) throw new Error(`${file}: ${scored.length} of ${lines.length} scored. ${errors}`);
  const groups = [...tally(lines, scored)];
  return groups.flatMap(([group, counts]) => measure(file.replace(/\.jsonl\.gz$/, ""), group, counts));
}

async function main(): Promise<void> {
  const folder = process.env.CORPORA ?? join(import.meta.dirname, "..", "..", "..", "shared", "corpora");
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"));
  const seed = Number(options.seed);
  const measures: Measure[] = [];
  for (const file of files) measures.push(...(await measureCorpus(folder, file, seed)));
  if (options.json) process.stdout.write(`${JSON.stringify({ machine: machine(), seed, measures })}\n`);
  else for (const one of measures) process.stdout.write(`${formatRate(one)}\n`);
}

/** A rate that has to reach its target is not one that has to stay below it. */
function formatRate(one: Measure): string {
  return one.name.includes("TPR") ? formatMeasure(one).replace("at most", "at least") : formatMeasure(one);
}

await main();
