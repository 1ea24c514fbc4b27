import { randomUUID } from "node:crypto";
import { MAX_DECISIONS } from "../../../contract/decision-feed.ts";
import { appendAudit, said } from "../audit/append.ts";
import { counted } from "../counted.ts";
import { type Db, inTransaction } from "../store/db.ts";
import { type Decision, endDecision, getDecision, listDecisionsOn, putDecision } from "../store/decisions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { covers } from "./address.ts";

export interface AllowRequest {
  gateway: string;
  /** Canonical address or range. */
  value: string;
  minutes: number;
  reason: string;
  by: string;
}

export interface AllowResult {
  allow: Decision;
  /** Blocks and throttles of addresses inside the allowed range, which ended. A wider one stays for its other addresses. */
  ended: Decision[];
  /** The actions that had made them. */
  actions: string[];
}

export function allowTarget(db: Db, request: AllowRequest, now = Date.now()): Promise<AllowResult> {
  return inTransaction(db, async (transaction) => {
    const allow = allowOf(request, now);
    await putDecision(transaction, allow);
    const ended: Decision[] = [];
    for (const decision of await listDecisionsOn(transaction, request.gateway, now, MAX_DECISIONS)) {
      if (decision.kind !== "ip" || decision.action === "allow" || !covers(request.value, decision.value)) continue;
      await endDecision(transaction, decision.id, now);
      ended.push({ ...decision, ended_at: now });
      await noteOverride(transaction, decision, request, now);
    }
    await auditAllow(transaction, "allow.given", allow, request.by, now);
    const actions = new Set(ended.flatMap((decision) => decision.action_id ?? []));
    return { allow, ended, actions: [...actions] };
  });
}

export async function listAllows(db: Db, gateway: string, now = Date.now()): Promise<Decision[]> {
  const decisions = await listDecisionsOn(db, gateway, now, 1_000);
  return decisions.filter((decision) => decision.action === "allow");
}

/** False when there is no such allow in force. */
export function withdrawAllow(db: Db, id: string, by: string, now = Date.now()): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const decision = await getDecision(transaction, id);
    if (decision?.action !== "allow" || !(await endDecision(transaction, id, now))) return false;
    await auditAllow(transaction, "allow.withdrawn", decision, by, now);
    return true;
  });
}

function auditAllow(db: Db, kind: "allow.given" | "allow.withdrawn", allow: Decision, by: string, at: number) {
  const { id, gateway, value, expires_at, reason } = allow;
  return appendAudit(db, {
    at,
    gateway,
    actor: by,
    kind,
    data: { allow: id, value, expires_at, reason: said(reason) },
  });
}

function allowOf(request: AllowRequest, now: number): Decision {
  return {
    id: randomUUID(),
    gateway: request.gateway,
    action: "allow",
    kind: "ip",
    value: request.value,
    params: {},
    action_id: null,
    incident_id: null,
    created_by: request.by,
    reason: request.reason,
    created_at: now,
    expires_at: now + request.minutes * 60_000,
    ended_at: null,
  };
}

async function noteOverride(db: Db, decision: Decision, request: AllowRequest, now: number): Promise<void> {
  if (decision.incident_id === null) return;
  const text = `${request.by} allowed ${request.value} for ${counted(request.minutes, "minute")}: ${request.reason}`;
  await appendIncidentLog(db, { incident_id: decision.incident_id, at: now, kind: "operator", text, data: null });
}
