/** Writes the model file of the plugin: weights and words, nothing of any request. */
import { join } from "node:path";
import type { ClassModel } from "./classes.ts";
import { RULES_DIGEST } from "./evidence.ts";
import type { Thresholds } from "./held-out.ts";
import { LARGEST, quantise, toText } from "./quantise.ts";
import type { Weighing } from "./weigh.ts";
import { writeFormatted } from "./write-formatted.ts";

export interface Trained extends Weighing, Omit<Thresholds, "doubt"> {
  words: string[];
  weights: Int8Array;
  decay: number;
  classes: ClassModel;
}

const MODEL_FILE = join(import.meta.dirname, "../plugin-src/kong/plugins/threat-response/payload/model/trained.ts");

const list = (texts: string[]): string => `[\n${texts.map((text) => `    ${JSON.stringify(text)},`).join("\n")}\n  ]`;

const PER_LINE = 24;

function numbers(all: number[]): string {
  const lines = Array.from({ length: Math.ceil(all.length / PER_LINE) }, (_, i) =>
    all.slice(i * PER_LINE, (i + 1) * PER_LINE).join(", "),
  );
  return `[\n${lines.map((line) => `    ${line},`).join("\n")}\n  ]`;
}

/** Rows share one scale, so that their sums can be compared. */
function classRows({ rows }: ClassModel): string[] {
  const largest = Math.max(...rows.map((row) => row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)));
  return rows.map((row) => toText(quantise(row, LARGEST / largest)));
}

export function writeModel(model: Trained, options: string): void {
  const text = `import type { TrainedModel } from "../model-score.ts";

/** Written by \`npm run train -- ${options}\` with rules ${RULES_DIGEST}; never edited. */
export const TRAINED: TrainedModel = {
  decay: ${model.decay},
  grey: ${model.grey},
  certain: ${model.certain},
  medium: ${model.medium},
  mediumSide: ${model.mediumSide},
  long: ${model.long},
  longSide: ${model.longSide},
  longBoth: ${model.longBoth},
  worth: ${numbers(model.worth)},
  worthInText: ${numbers(model.worthInText)},
  worthAlone: ${numbers(model.worthAlone)},
  words: ${list(model.words)},
  classes: ${list(model.classes.names)},
  weights:
    ${JSON.stringify(toText(model.weights))},
  classRows: ${list(classRows(model.classes))},
};
`;
  writeFormatted(MODEL_FILE, text);
}
