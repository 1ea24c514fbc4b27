import { createHash } from "node:crypto";
import type { ResponseParts } from "../response-parts.ts";
import { claimOutbox, failOutbox, finishOutbox, type OutboxMessage } from "../store/outbox.ts";
import type { Channel, Delivery } from "./channel.ts";
import type { Message } from "./message.ts";

export const OUTBOX_JOB = "outbox";
export const OUTBOX_EVERY_MS = 1_000;
const AT_ONCE = 20;
const LEASE_MS = 60_000;
/** About a day, with pauses of at most five minutes. */
const MOST_ATTEMPTS = 300;

/** Sends what is due. A message that was sent but not noted is sent again under the same id. */
export async function deliverOutbox(parts: ResponseParts): Promise<void> {
  await Promise.all(parts.channels.map((channel) => deliverChannel(parts, channel)));
}

async function deliverChannel(parts: ResponseParts, channel: Channel): Promise<void> {
  for (const row of await claimOutbox(parts.db, channel.name, AT_ONCE, LEASE_MS, parts.now())) {
    const outcome = await channel.deliver(messageId(row), row.payload as unknown as Message);
    if (outcome.done) await finishOutbox(parts.db, row.id);
    else await postpone(parts, row, outcome);
  }
}

async function postpone(parts: ResponseParts, row: OutboxMessage, outcome: Delivery & { done: false }): Promise<void> {
  const final = outcome.final || row.attempts >= MOST_ATTEMPTS;
  await failOutbox(parts.db, row, outcome.error, final);
  if (outcome.retryAfter_ms !== undefined && !final) {
    const next_at = parts.now() + outcome.retryAfter_ms;
    await parts.db.updateTable("outbox").set({ next_at }).where("id", "=", row.id).execute();
  }
  const level = final ? "given up" : "will be tried again";
  parts.log.warn(
    { channel: row.channel, message: row.id, attempts: row.attempts, error: outcome.error },
    `notification ${level}`,
  );
}

function messageId(row: OutboxMessage): string {
  return `msg_${createHash("sha256").update(`${row.channel}:${row.dedupe_key}`).digest("hex").slice(0, 32)}`;
}
