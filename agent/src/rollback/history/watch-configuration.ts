import { randomUUID } from "node:crypto";
import { isOurs } from "../../drivers/tags.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { holdLock, inTransaction } from "../../store/db.ts";
import { addChange, latestConfiguration, noteConfiguration } from "../../store/history.ts";
import { configuresOf } from "../../store/nodes.ts";
import { diffConfigurations, type EntityDiff } from "./diff.ts";

export const WATCH_CONFIGURATION_JOB = "watch-configuration";
export const WATCH_CONFIGURATION_EVERY_MS = 2_000;

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
    await addChange(transaction, {
      id: randomUUID(),
      gateway,
      seen_at: at,
      applied_at: applied[0]?.at ?? last.last_seen_at,
      before_hash: last.hash,
      after_hash: now.hash,
      diffs,
      by_agent: diffs.length > 0 && diffs.every(isOwn),
    });
  });
}

const isOwn = ({ before, after }: EntityDiff): boolean => isOurs((after ?? before)?.tags);
