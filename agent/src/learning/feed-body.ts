import { LEARNED_MAGIC, LEARNED_VERSION, MAX_LEARNED } from "../../../contract/learning.ts";
import { sign } from "../auth/signature.ts";
import type { Db } from "../store/db.ts";
import { type LearnedItem, learnedPosition, listServed } from "../store/learned.ts";

/** What gateways fetch: text that is signed with the feed key; see `contract/learning.ts`. */
export async function learnedBody(
  db: Db,
  gateway: string,
  secret: string,
  now = Date.now(),
): Promise<{ text: string; signature: string }> {
  // The position is read first: the lines may be newer than it says, never older.
  const { epoch, sequence } = await learnedPosition(db, gateway);
  const items = await listServed(db, gateway, MAX_LEARNED);
  const issuedAt = Math.floor(now / 1000);
  const head = [LEARNED_MAGIC, LEARNED_VERSION, gateway, epoch, sequence, issuedAt, items.length].join(" ");
  const text = [head, ...items.map(lineOf), ""].join("\n");
  return { text, signature: `v1=${sign(secret, [text]).toString("hex")}` };
}

function lineOf({ kind, status, route_id, field, signature, score }: LearnedItem): string {
  const by = status === "approved" ? "operator" : "learned";
  if (kind === "threshold") return `threshold ${by} ${route_id} ${score}`;
  return `signature ${by} ${route_id} ${field} ${signature} ${score}`;
}
