import type { Configuration } from "../drivers/gateway.ts";
import { AgentError } from "../errors.ts";
import { startOwnWorker } from "../own-worker.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import type { ChangeReplay, ChangeToReplay } from "./replay-change.ts";

export interface ReplayTask {
  change: ChangeToReplay;
  configuration: Configuration;
  records: readonly RecordedRequest[];
  maxShare: number;
}

/** A configuration of thousands of routes takes a second or two. */
const LIMIT_MS = 20_000;
const MEMORY_MB = 512;

/** Throws `INVALID_REQUEST` for what cannot be read or does not end. */
export function replayOnThread(task: ReplayTask, limit_ms = LIMIT_MS): Promise<ChangeReplay> {
  const worker = startOwnWorker(new URL("./replay-worker", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise<ChangeReplay>((resolve, reject) => {
    const refuse = (problems: string) => reject(new AgentError("INVALID_REQUEST", { problems }));
    const timer = setTimeout(() => refuse(`the replay takes longer than ${limit_ms / 1000} s`), limit_ms);
    worker.on("message", ({ replay, refused }: { replay?: ChangeReplay; refused?: string }) =>
      replay === undefined ? refuse(refused ?? "") : resolve(replay),
    );
    worker.on("error", (cause: Error & { code?: string }) =>
      cause.code === "ERR_WORKER_OUT_OF_MEMORY" ? refuse("the replay takes too much memory") : reject(cause),
    );
    worker.on("exit", () => {
      clearTimeout(timer);
      reject(new Error("the replay's thread has ended"));
    });
  }).finally(() => void worker.terminate());
}
