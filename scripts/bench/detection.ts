/**
 * `npm run bench:detection`: how many attacks the built plugin blocks and how many benign requests, as shipped: the rows of the
 * targets' table, then everything by source, class, site, place, kind and transform, each with what it was measured on.
 *
 *   --seed N            other generated requests and evasions; never those of training
 *   --quick             every tenth recorded request, fewer generated ones
 *   --corpora FOLDER    recorded requests that training knows (default: $CORPORA, else ../shared/corpora beside the repository)
 *   --unseen FOLDER     recorded requests that nobody has trained on, in the same format
 *   --json              one object: machine, seed, measures (the table), details
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seeded } from "../../demo/random.ts";
import { findCarrier } from "../../training/carrier.ts";
import { classOf } from "../../training/class-names.ts";
import { readCorpora } from "./detection/corpora.ts";
import { type Detail, formatDetail } from "./detection/detail.ts";
import {
  type Evading,
  evading,
  lossDetails,
  measureEncoded,
  measureGreedy,
  measureLosses,
  measureTwiceEncoded,
  pickEvading,
} from "./detection/evasion.ts";
import { type Generated, generatedDetails, judgeGenerated } from "./detection/generated.ts";
import { heldOutDetails, readHeldOut } from "./detection/held-out.ts";
import { groupBy } from "./detection/judge.ts";
import { generatedLabels, recordedLabels } from "./detection/labels.ts";
import { corpusDetails, type JudgedCorpus, judgeCorpora } from "./detection/recorded.ts";
import { formatRow, type TableMeasure, tableMeasures } from "./detection/table.ts";
import { machine } from "./measures.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    corpora: { type: "string", default: process.env.CORPORA ?? join(import.meta.dirname, "../../../shared/corpora") },
    unseen: { type: "string" },
  },
});

const SIZES = options.quick
  ? { stride: 10, generated: 3000, evading: 300, greedy: 20 }
  : { stride: 1, generated: 20_000, evading: 2000, greedy: 100 };

async function judgeRecorded(seed: number): Promise<JudgedCorpus[]> {
  const seen = await judgeCorpora(readCorpora(options.corpora, SIZES.stride, seed), "seen");
  if (options.unseen === undefined) return seen;
  return [...seen, ...(await judgeCorpora(readCorpora(options.unseen, SIZES.stride, seed), "unseen"))];
}

/** Generated payloads and recorded ones, half and half. */
function pickAttacks(seed: number, generated: Generated, corpora: readonly JudgedCorpus[], count: number): Evading[] {
  const random = seeded(seed);
  const written = generated.attacks.flatMap(({ request: { payload, class: name } }) =>
    payload === undefined ? [] : [evading(payload, name)],
  );
  const known = corpora.flatMap(({ judged }) =>
    judged.flatMap(({ request }) => {
      const payload = request.label === "malicious" ? findCarrier(request)?.value : undefined;
      const payloadClass = classOf(request.category);
      return payload && payloadClass ? [evading(payload, payloadClass)] : [];
    }),
  );
  return [...pickEvading(random, written, count / 2), ...pickEvading(random, known, count / 2)];
}

async function measure(seed: number): Promise<{ measures: TableMeasure[]; details: Detail[] }> {
  const corpora = await judgeRecorded(seed);
  const generated = await judgeGenerated(seed, SIZES.generated);
  const heldOut = readHeldOut();
  const attacks = pickAttacks(seed, generated, corpora, SIZES.evading);
  const losses = await measureLosses(seeded(seed), attacks);
  const encoded = await measureEncoded(seeded(seed), attacks);
  const twice = await measureTwiceEncoded(seeded(seed), attacks);
  const greedy = await measureGreedy(
    seeded(seed),
    attacks.filter((_, at) => at % Math.floor(attacks.length / SIZES.greedy) === 0),
  );
  const labels = generatedLabels(generated);
  return {
    measures: tableMeasures({ corpora, heldOut, generated, losses, encoded, labels }),
    details: [
      ...corpora.flatMap(corpusDetails),
      ...(heldOut ? heldOutDetails(heldOut) : []),
      ...generatedDetails(generated),
      ...lossDetails([...losses, encoded, twice, greedy], "unseen seed"),
      ...labels,
      ...recordedLabels(corpora),
    ],
  };
}

function print(measures: TableMeasure[], details: Detail[]): void {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  for (const [section, part] of groupBy(details, ({ section: name }) => name)) {
    write(section);
    for (const detail of part) write(formatDetail(detail));
  }
  if (!readHeldOut())
    write("No training/held-out.json: rows marked `seen` are on requests that rules or model were made with.");
  write("targets");
  for (const row of measures) write(formatRow(row));
}

async function main(): Promise<void> {
  const seed = Number(options.seed);
  const { measures, details } = await measure(seed);
  if (options.json) process.stdout.write(`${JSON.stringify({ machine: machine(), seed, measures, details })}\n`);
  else print(measures, details);
}

await main();
