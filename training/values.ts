/** The values that the built plugin would judge in each request, decoded. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { LabelledRequest } from "./request.ts";

export interface Values {
  /** Distinct values. */
  bytes: Buffer[];
  /** Where each was found (`AT_…` of the plugin). */
  at: number[];
  /** For each request the numbers of its values. */
  ofRequest: number[][];
}

const root = join(import.meta.dirname, "..");
const MAX_OUTPUT = 1 << 30;

function runLua(lines: string): Buffer {
  const { stdout, stderr, status, error } = spawnSync("luajit", [join(import.meta.dirname, "lua", "values.lua")], {
    input: lines,
    maxBuffer: MAX_OUTPUT,
    env: { ...process.env, LUA_PATH: `${join(root, "lua-dist", "?.lua")};;` },
  });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `luajit could not take requests apart (is the plugin built?): ${error?.message ?? stderr.toString()}`,
    );
  }
  return stdout;
}

export function takeApart(requests: LabelledRequest[]): Values {
  const output = runLua(requests.map((request) => JSON.stringify(request)).join("\n"));
  const values: Values = { bytes: [], at: [], ofRequest: [] };
  let i = 0;
  while (i < output.length) {
    const end = output.indexOf(10, i);
    const [kind, ...numbers] = output.toString("latin1", i, end).trimEnd().split(" ");
    i = end + 1;
    if (kind === "V") {
      const length = Number(numbers[0]);
      values.bytes.push(output.subarray(i, i + length));
      values.at.push(Number(numbers[1]));
      i += length + 1;
    } else {
      values.ofRequest.push(numbers.map(Number));
    }
  }
  return values;
}
