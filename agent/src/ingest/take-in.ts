import type { Batch } from "../../../contract/ingest.ts";
import type { AppOptions } from "../app.ts";
import { AgentError } from "../errors.ts";
import { addBatch, countWaitingEvents } from "../store/events.ts";
import { enqueueJob } from "../store/jobs.ts";

export type BatchResult = "accepted" | "duplicate";

/** Beyond it nodes are asked to keep what they have: their queues are bounded and count what they drop. */
const MAX_WAITING_EVENTS = 100_000;
const RETRY_AFTER_S = 5;

/** Resolves when the batch and the job that correlates it are committed. */
export async function takeIn(options: AppOptions, batch: Batch, keyId: string): Promise<BatchResult> {
  const { store, metrics, wake } = options;
  const added = await store.db
    .transaction()
    .execute(async (transaction) => {
      if ((await countWaitingEvents(transaction, batch.gateway)) >= MAX_WAITING_EVENTS) {
        throw new AgentError("OVERLOADED", {}, { retryAfter: RETRY_AFTER_S });
      }
      const count = await addBatch(transaction, batch, keyId, Date.now());
      if (count) await enqueueJob(transaction, { kind: "correlate", key: batch.gateway });
      return count;
    })
    .catch((error: unknown) => {
      throw asIngestError(error);
    });
  if (added === null) return "duplicate";
  for (const record of batch.records) metrics.ingestRecords.inc({ type: record.type });
  if (added > 0) wake();
  return "accepted";
}

/** What the database says about the data is final; anything else is its own state and the node tries again. */
function asIngestError(error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && /^22\w{3}$/.test(code)) {
    return new AgentError("BATCH_MALFORMED", { problems: "a value cannot be stored" }, { cause: error });
  }
  return new AgentError("STORE_DOWN", {}, { cause: error, retryAfter: RETRY_AFTER_S });
}
