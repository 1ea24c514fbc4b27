import { cp } from "node:fs/promises";
import { openStore } from "../../agent/src/store/open.ts";
import { temporaryDirectory } from "./processes.ts";

let made: Promise<string> | undefined;

async function make(): Promise<string> {
  const { path } = temporaryDirectory("empty-database");
  await (await openStore({ dataDir: path })).close();
  return path;
}

/** An empty embedded database, made once for all tests of this process: to make one takes seconds of computing, to copy it does not. */
export async function placeEmptyDatabase(dataDir: string): Promise<void> {
  made ??= make();
  await cp(await made, dataDir, { recursive: true });
}
