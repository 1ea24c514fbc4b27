import type { ResponseParts } from "../response-parts.ts";
import { isDryRun } from "../response-parts.ts";
import { getChange } from "../store/history.ts";
import type { RollbackStatus } from "../store/rollback-tables.ts";
import { listRollbacks, type Rollback } from "../store/rollbacks.ts";
import type { Suspect, Verdict } from "./cause/attribute.ts";
import { whyNotAutomatic } from "./live/security.ts";

const HOUR_MS = 3_600_000;
const CARRIED_OUT: readonly RollbackStatus[] = ["planned", "verifying", "recovered", "undone", "failed"];

export interface Ruling {
  status: "planned" | "proposed" | "dry_run" | "not_configuration";
  reason: string;
}

/** May this be taken back without a human? Every reason against it is said. */
export async function rule(parts: ResponseParts, verdict: Verdict): Promise<Ruling> {
  const [suspect] = verdict.suspects;
  if (verdict.kind === "not_configuration" || suspect === undefined)
    return { status: "not_configuration", reason: verdict.reasons.join("; ") };
  const { mode } = parts.policy().document.rollback;
  const against = [...verdict.reasons, ...(await reasonsAgainst(parts, suspect))];
  if (mode !== "live") against.push(`the policy's rollback.mode is ${mode}`);
  if (against.length > 0) return { status: "proposed", reason: against.join("; ") };
  if (isDryRun(parts)) return { status: "dry_run", reason: "dry run" };
  return { status: "planned", reason: suspect.reasons.join("; ") };
}

async function reasonsAgainst(parts: ResponseParts, suspect: Suspect): Promise<string[]> {
  const against = suspect.culprits.flatMap((diff) => whyNotAutomatic(diff) ?? []);
  if ((await getChange(parts.db, suspect.change))?.origin === "import")
    against.push("the change is known from an imported dump alone");
  const stopped = await parts.mayAct("start");
  if (stopped !== null) against.push(stopped);
  const now = parts.now();
  const { max_per_hour, max_per_day } = parts.policy().document.rollback;
  const day = await listRollbacks(parts.db, parts.gateway, { since: now - 24 * HOUR_MS, limit: 1_000 });
  const done = day.filter(({ status }) => CARRIED_OUT.includes(status));
  const hour = done.filter(({ created_at }) => created_at > now - HOUR_MS);
  if (hour.length >= max_per_hour) against.push(`${hour.length} rollbacks in the last hour, the most allowed`);
  if (done.length >= max_per_day) against.push(`${done.length} rollbacks in the last day, the most allowed`);
  if (done.some((one) => isSameContent(one, suspect)))
    against.push("the same was taken back within a day already: somebody wants it");
  return against;
}

/** Taken back, and there again: whoever put it there is stopped by a human or not at all. */
function isSameContent(rollback: Rollback, suspect: Suspect): boolean {
  const content = (one: Suspect | undefined) =>
    JSON.stringify(
      one?.culprits.map(({ type, id, op, fields, after }) => [type, op === "added" ? after?.name : id, op, fields]),
    );
  return content(rollback.verdict.suspects[0]) === content(suspect);
}
