import type { ResponseParts } from "../response-parts.ts";
import { isDryRun } from "../response-parts.ts";
import { getChange } from "../store/history.ts";
import type { RollbackStatus } from "../store/rollback-tables.ts";
import { listRollbacks, type Rollback } from "../store/rollbacks.ts";
import type { Suspect, Verdict } from "./cause/attribute.ts";
import { whyCommitRefuses } from "./git/opt-out.ts";
import type { EntityDiff } from "./history/diff.ts";
import { whyNotAutomatic } from "./live/security.ts";
import type { RollbackParts } from "./rollback-parts.ts";

const HOUR_MS = 3_600_000;
const CARRIED_OUT: readonly RollbackStatus[] = ["planned", "verifying", "recovered", "undone", "failed"];

export interface Ruling {
  status: "planned" | "proposed" | "dry_run" | "not_configuration";
  reason: string;
}

/** May this be taken back without a human? Every reason against it is said. */
export async function rule(given: RollbackParts, verdict: Verdict, routes: readonly string[]): Promise<Ruling> {
  const { response: parts } = given;
  const [suspect] = verdict.suspects;
  if (verdict.kind === "not_configuration" || suspect === undefined)
    return { status: "not_configuration", reason: verdict.reasons.join("; ") };
  const { mode } = parts.policy().document.rollback;
  const against = [...verdict.reasons, ...(await reasonsAgainst(given, suspect, routes))];
  if (mode !== "live") against.push(`the policy's rollback.mode is ${mode}`);
  if (against.length > 0) return { status: "proposed", reason: against.join("; ") };
  if (isDryRun(parts)) return { status: "dry_run", reason: "dry run" };
  return { status: "planned", reason: suspect.reasons.join("; ") };
}

async function reasonsAgainst(given: RollbackParts, suspect: Suspect, routes: readonly string[]): Promise<string[]> {
  const { response: parts } = given;
  const against = suspect.culprits.flatMap((diff) => whyNotAutomatic(diff) ?? []);
  if ((await getChange(parts.db, suspect.change))?.origin === "import")
    against.push("the change is known from an imported dump alone");
  const stopped = await parts.mayAct("start");
  if (stopped !== null) against.push(stopped);
  const day = await listRollbacks(parts.db, parts.gateway, { since: parts.now() - 24 * HOUR_MS, limit: 1_000 });
  against.push(
    ...overBudget(
      parts,
      day.filter(({ status }) => CARRIED_OUT.includes(status)),
      suspect,
      routes,
    ),
  );
  const change = await getChange(parts.db, suspect.change);
  if (change === null) return [...against, "the change is not in the history any more"];
  const { max_age_s } = parts.policy().document.rollback;
  const age_s = Math.round((parts.now() - change.applied_at) / 1000);
  if (age_s > max_age_s) against.push(`the change is in force for ${age_s} s, longer than ${max_age_s} s`);
  // Asking git takes time: only where nothing else speaks against it.
  const refused = against.length > 0 ? null : await whyCommitRefuses(given, change, suspect.culprits);
  return refused === null ? against : [refused];
}

/** `done` of the last day were carried out by the agent. */
function overBudget(
  parts: ResponseParts,
  done: readonly Rollback[],
  suspect: Suspect,
  routes: readonly string[],
): string[] {
  const now = parts.now();
  const { max_per_hour, max_per_day, cooldown_s } = parts.policy().document.rollback;
  const against: string[] = [];
  const hour = done.filter(({ created_at }) => created_at > now - HOUR_MS);
  if (hour.length >= max_per_hour) against.push(`${hour.length} rollbacks in the last hour, the most allowed`);
  if (done.length >= max_per_day) against.push(`${done.length} rollbacks in the last day, the most allowed`);
  const isCooling = (one: Rollback) =>
    one.created_at > now - cooldown_s * 1000 && one.routes.some((route) => routes.includes(route));
  if (done.some(isCooling)) against.push(`a change was taken back for these routes less than ${cooldown_s} s ago`);
  if (done.some((one) => isSameContent(one, suspect)))
    against.push("the same was taken back within a day already: somebody wants it");
  return against;
}

/** Taken back, and there again: whoever put it there is stopped by a human or not at all. */
export function isSameContent(rollback: Rollback, suspect: Suspect): boolean {
  const content = (one: Suspect | undefined) => JSON.stringify(one?.culprits.map(contentOf));
  return content(rollback.verdict.suspects[0]) === content(suspect);
}

const NEW_EACH_TIME = new Set(["id", "created_at", "updated_at"]);

/** What is put there again has another id; where it stands and what it does is the same. */
function contentOf({ type, id, op, fields, after }: EntityDiff): unknown {
  if (op === "changed") return [type, id, op, fields.map((field) => [field, after?.[field] ?? null])];
  const entries = Object.entries(after ?? {}).filter(([name]) => !NEW_EACH_TIME.has(name));
  return [type, op === "added" ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : id, op];
}
