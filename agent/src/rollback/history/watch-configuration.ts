import { randomUUID } from "node:crypto";
import { isOurs } from "../../drivers/tags.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { holdLock, inTransaction } from "../../store/db.ts";
import { addChange, latestConfiguration, noteConfiguration } from "../../store/history.ts";
import { enqueueJob } from "../../store/jobs.ts";
import { configuresOf } from "../../store/nodes.ts";
import { diffConfigurations, type EntityDiff } from "./diff.ts";

/** Looks for the commit behind a change; its key is the change. */
export const EXPLAIN_JOB = "explain-change";
export const WATCH_CONFIGURATION_JOB = "watch-configuration";
export const WATCH_CONFIGURATION_EVERY_MS = 2_000;

/** Of the time, at most so much is spent on reading: a large configuration is read less often. */
const READING_SHARE = 0.05;

/** When each gateway may be read again by the clock; an alarm reads at once. */
export class ReadingPace {
  #notBefore = 0;

  isDue(now: number): boolean {
    return now >= this.#notBefore;
  }

  took(duration_ms: number, now: number): void {
    this.#notBefore = now + duration_ms / READING_SHARE;
  }
}

export async function watchAtPace(parts: ResponseParts, pace: ReadingPace): Promise<void> {
  const began = parts.now();
  if (!pace.isDue(began)) return;
  try {
    await watchConfiguration(parts);
  } finally {
    pace.took(parts.now() - began, parts.now());
  }
}

/** Reads the gateway's configuration and keeps what changed since it was read last. */
export async function watchConfiguration(parts: ResponseParts): Promise<void> {
  const { db, driver, gateway } = parts;
  if (driver === null) return;
  const now = await driver.read();
  const at = parts.now();
  await inTransaction(db, async (transaction) => {
    await holdLock(transaction, `history:${gateway}`);
    const last = await latestConfiguration(transaction, gateway);
    await noteConfiguration(transaction, gateway, now, at);
    if (last === null || last.hash === now.hash) return;
    const diffs = diffConfigurations(last, now);
    const applied = await configuresOf(transaction, gateway, last.last_seen_at, at + 1);
    const id = randomUUID();
    await addChange(transaction, {
      id,
      gateway,
      seen_at: at,
      applied_at: applied[0]?.at ?? last.last_seen_at,
      before_hash: last.hash,
      after_hash: now.hash,
      diffs,
      by_agent: diffs.length > 0 && diffs.every(isOwn),
      origin: "gateway",
      commit: null,
    });
    await enqueueJob(transaction, { kind: EXPLAIN_JOB, key: id });
  });
}

export const isOwn = ({ before, after }: EntityDiff): boolean => isOurs((after ?? before)?.tags);
