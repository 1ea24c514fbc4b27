import { type Expression, type SqlBool, sql } from "kysely";
import type { JobKind } from "../jobs/job-kind.ts";
import { type Db, inTransaction } from "../store/db.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { IncidentStatus } from "../store/schema.ts";

export interface LifecycleOptions {
  db: Db;
  /** Without evidence for so long, an incident is quiet, then resolved. */
  quietMs: number;
  resolveMs: number;
}

const EVERY_MS = 2_000;

interface Step {
  from: IncidentStatus[];
  to: IncidentStatus;
  text: string;
  /** Conditions on the incident. */
  when: Expression<SqlBool>;
  /** The response has something to do about it, if only to tell. */
  respond?: boolean;
}

const ACTION_APPLIED = sql<boolean>`exists (
  select 1 from actions where actions.incident_id = incidents.id and actions.status = 'applied')`;
const ACTION_PENDING = sql<boolean>`exists (
  select 1 from actions where actions.incident_id = incidents.id and actions.status in ('planned', 'applied'))`;

export function lifecycleJob(options: LifecycleOptions): JobKind {
  return { kind: "lifecycle", everyMs: EVERY_MS, run: () => advanceIncidents(options) };
}

/** Moves incidents on: by what was done about them and by how long nothing was seen. */
export async function advanceIncidents(options: LifecycleOptions, now = Date.now()): Promise<void> {
  for (const step of stepsAt(options, now))
    await inTransaction(options.db, (transaction) => take(transaction, step, now));
}

function stepsAt({ quietMs, resolveMs }: LifecycleOptions, now: number): Step[] {
  const unseenFor = (ms: number) => sql<boolean>`last_seen_at <= ${now - ms}`;
  const over = sql<boolean>`${unseenFor(resolveMs)} and not ${ACTION_PENDING}`;
  return [
    { from: ["open"], to: "mitigating", text: "An action is on.", when: ACTION_APPLIED, respond: true },
    { from: ["mitigating"], to: "open", text: "No action is on any more.", when: sql<boolean>`not ${ACTION_APPLIED}` },
    {
      from: ["open", "mitigating"],
      to: "quiet",
      text: `No evidence for ${quietMs / 1000} s.`,
      when: unseenFor(quietMs),
    },
    {
      from: ["quiet"],
      to: "resolved",
      text: `No evidence for ${resolveMs / 1000} s and no action on.`,
      when: over,
      respond: true,
    },
  ];
}

async function take(transaction: Db, step: Step, now: number): Promise<void> {
  const moved = await transaction
    .updateTable("incidents")
    .set({ status: step.to, updated_at: now, ...(step.to === "resolved" ? { resolved_at: now } : {}) })
    .where("status", "in", step.from)
    .where(step.when)
    .returning("id")
    .execute();
  for (const { id } of moved) {
    if (step.respond) await enqueueJob(transaction, { kind: "respond", key: id });
    await appendIncidentLog(transaction, {
      incident_id: id,
      at: now,
      kind: "status",
      text: step.text,
      data: { status: step.to },
    });
    // The response tells that it is over.
    if (step.to === "resolved") await enqueueJob(transaction, { kind: "respond", key: id });
  }
}
