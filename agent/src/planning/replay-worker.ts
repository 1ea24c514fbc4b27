/** Replays one change on a thread of its own: files and patterns of a pull request may take as long as they like, and are ended then. */
import { parentPort, workerData } from "node:worker_threads";
import { StateFileError } from "../rollback/state-files/parse.ts";
import { replayChange } from "./replay-change.ts";
import type { ReplayTask } from "./replay-thread.ts";

const { change, configuration, records, maxShare } = workerData as ReplayTask;
try {
  parentPort?.postMessage({ replay: replayChange(change, configuration, records, maxShare) });
} catch (error) {
  if (!(error instanceof StateFileError)) throw error;
  parentPort?.postMessage({ refused: error.message });
}
