/** Reads corpora: *.jsonl.gz, one request in a line (see README.md beside this file for the format). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { PayloadClass } from "../contract/categories.ts";
import type { LabelledRequest } from "./request.ts";

export interface Corpus {
  source: string;
  requests: (LabelledRequest & { class?: PayloadClass })[];
  isPadded?: boolean;
}

export function findCorpora(given: string | undefined): string {
  const folder = given ?? process.env.CORPORA ?? join(import.meta.dirname, "..", "..", "shared", "corpora");
  if (existsSync(folder)) return folder;
  throw new Error(
    `No corpora in ${folder}. Name their folder with --corpora or CORPORA; training/README.md tells what they are.`,
  );
}

export function readCorpora(folder: string): Corpus[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort();
  if (files.length === 0) throw new Error(`No *.jsonl.gz in ${folder}.`);
  return files.map((file) => {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString("utf8")
      .split("\n");
    const requests = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LabelledRequest);
    return { source: file.replace(/\.jsonl\.gz$/, ""), requests };
  });
}
