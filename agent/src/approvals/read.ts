import type { Selectable } from "kysely";
import { sameTarget } from "../policy/plan.ts";
import type { Action } from "../store/actions.ts";
import type { Db } from "../store/db.ts";
import { type Cursor, type Page, pageOf } from "../store/page.ts";
import type { ActionType, ApprovalStatus, ApprovalTable, ApprovedPlan } from "../store/schema.ts";

export type Approval = Selectable<ApprovalTable>;

export async function getApproval(db: Db, id: string): Promise<Approval | null> {
  return (await db.selectFrom("approvals").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Newest first. */
export async function listApprovals(
  db: Db,
  filter: { status?: ApprovalStatus | undefined; incident?: string | undefined },
  page: Page,
): Promise<Cursor<Approval>> {
  let query = db.selectFrom("approvals").selectAll();
  if (filter.status) query = query.where("status", "=", filter.status);
  if (filter.incident) query = query.where("incident_id", "=", filter.incident);
  if (page.after) {
    const [at, id] = page.after;
    query = query.where((is) =>
      is.or([is("requested_at", "<", at), is.and([is("requested_at", "=", at), is("id", "<", id)])]),
    );
  }
  const ordered = query.orderBy("requested_at", "desc").orderBy("id", "desc");
  return pageOf(await ordered.limit(page.limit + 1).execute(), page.limit, (row) => [row.requested_at, row.id]);
}

/** Of one incident, or all of a gateway's that were asked for under another policy. */
export function approvalsWaiting(
  db: Db,
  which: { incident: string } | { gateway: string; otherThan: string },
): Promise<Approval[]> {
  const query = db.selectFrom("approvals").selectAll().where("status", "=", "waiting");
  if ("incident" in which) return query.where("incident_id", "=", which.incident).execute();
  return query.where("gateway", "=", which.gateway).where("policy_hash", "<>", which.otherThan).execute();
}

/** The action as somebody agreed to it; null where nobody had to. */
export async function approvedAction(
  db: Db,
  { incident_id, plan_hash, type, target }: Pick<Action, "incident_id" | "plan_hash" | "type" | "target">,
): Promise<ApprovedPlan["actions"][number] | null> {
  if (plan_hash === null) return null;
  const query = db.selectFrom("approvals").select("plan").where("incident_id", "=", incident_id);
  const granted = query.where("plan_hash", "=", plan_hash).where("status", "=", "approved");
  const found = await granted.orderBy("decided_at", "desc").executeTakeFirst();
  return found?.plan.actions.find((one) => one.type === type && sameTarget(one.target, target)) ?? null;
}

export async function plansWaiting(db: Db, incidentId: string): Promise<string[]> {
  return (await approvalsWaiting(db, { incident: incidentId })).map((approval) => approval.plan.id);
}

const MOST_DECLINED = 500;

/** What was asked for and not granted since then: it is not asked for again at once. */
export async function declinedSince(
  db: Db,
  gateway: string,
  since: number,
): Promise<{ type: ActionType; target: Record<string, string>; why: string }[]> {
  const rows = await db
    .selectFrom("approvals")
    .select(["plan", "status"])
    .where("gateway", "=", gateway)
    .where("status", "in", ["rejected", "expired"])
    .where("decided_at", ">", since)
    .orderBy("decided_at", "desc")
    .limit(MOST_DECLINED)
    .execute();
  const why = (status: ApprovalStatus) =>
    status === "rejected" ? "an operator rejected it" : "nobody approved it in time,";
  return rows.flatMap(({ plan, status }) =>
    plan.actions.map(({ type, target }) => ({ type, target, why: why(status) })),
  );
}
