import { LEARNED_MAGIC, LEARNED_VERSION, MAX_BASELINES, MAX_LEARNED } from "../../../contract/learning.ts";
import { sign } from "../auth/signature.ts";
import type { Db } from "../store/db.ts";
import { type LearnedItem, learnedPosition, listServed } from "../store/learned.ts";
import { listBaselines, listLogins } from "../store/learned-baselines.ts";
import { mergeBaselines } from "./merge-baselines.ts";

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
  const logins = await listLogins(db, gateway);
  const reports = [...(await listBaselines(db, gateway)).values()].slice(0, MAX_BASELINES);
  const baselines = reports.map((each) => baselineLine(mergeBaselines(each), now));
  const lines = [...items.map(lineOf), ...logins.map((path) => `login ${path}`), ...baselines];
  const issuedAt = Math.floor(now / 1000);
  const head = [LEARNED_MAGIC, LEARNED_VERSION, gateway, epoch, sequence, issuedAt, lines.length].join(" ");
  const text = [head, ...lines, ""].join("\n");
  return { text, signature: `v1=${sign(secret, [text]).toString("hex")}` };
}

function lineOf({ kind, status, route_id, field, signature, score }: LearnedItem): string {
  const by = status === "approved" ? "operator" : "learned";
  if (kind === "threshold") return `threshold ${by} ${route_id} ${score}`;
  return `signature ${by} ${route_id} ${field} ${signature} ${score}`;
}

/** Without exponents, which the plugin does not read. */
function plain(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, "");
}

function baselineLine({ baseline, reported_at }: ReturnType<typeof mergeBaselines>, now: number): string {
  const { name, seconds, usual, peak, rates, days } = baseline;
  const age = Math.max(0, Math.floor((now - reported_at) / 1000));
  const hours = rates.map((rate, hour) => `${plain(rate)}:${days[hour]}`).join(",");
  return `baseline ${age} ${name === "" ? "-" : name} ${seconds} ${plain(usual)} ${plain(peak)} ${hours}`;
}
