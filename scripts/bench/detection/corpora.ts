/** Recorded requests: *.jsonl.gz files of a folder that is not part of the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { LabelledRequest } from "../../../training/request.ts";

export interface Corpus {
  source: string;
  requests: LabelledRequest[];
}

/** `stride` 10 reads every tenth request, from an offset that the seed chooses. */
export function readCorpora(folder: string, stride: number, seed: number): Corpus[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"));
  return files.sort().map((file) => {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString("utf8")
      .split("\n");
    const taken = lines.filter((line, at) => line !== "" && at % stride === seed % stride);
    return { source: file.replace(/\.jsonl\.gz$/, ""), requests: taken.map((line) => JSON.parse(line)) };
  });
}
