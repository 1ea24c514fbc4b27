import { counted } from "../counted.ts";
import { redact } from "../redaction/index.ts";
import type { Action } from "../store/actions.ts";
import type { Incident, IncidentLogEntry } from "../store/incidents.ts";

export const EVENTS = [
  "incident.opened",
  "incident.mitigating",
  "incident.resolved",
  "incident.measured",
  "incident.ended",
  "approval.wanted",
  "action.undone",
  "action.failed",
  "action.recurring",
  "rollback.reverted",
] as const;
export type MessageEvent = (typeof EVENTS)[number];

/** What every message says, whatever it is about and wherever it goes. Redacted; each outlet encodes it. */
export interface Message {
  type: MessageEvent;
  /** ISO 8601. */
  timestamp: string;
  data: {
    gateway: string;
    incident: {
      id: string;
      category: string;
      class: string | null;
      severity: string;
      confidence: number;
      status: string;
      subject: string;
      route: string | null;
      first_seen: string;
      last_seen: string;
    };
    seen: string;
    decided: string;
    why: string[];
    done: string[];
    effect: string | null;
    expires: string | null;
    undo: string[];
    /** Configuration that makes a recurring mitigation permanent. */
    proposal?: string;
    /** Where a change of the configuration is to blame. */
    rollback?: RollbackSummary;
    /** Where somebody is asked to agree: how to say yes, and how to say no. */
    approve?: string[];
  };
}

export interface RollbackSummary {
  id: string;
  status: string;
  reason: string;
  /** What changed and why it explains the errors; empty where no change does. */
  culprit: string[];
  commit: string | null;
  /** What was measured, and the key that signed it. */
  proof: string | null;
  /** The revert in git. */
  pull_request: string | null;
}

const SHOWN_ACTIONS = 10;
const iso = (ms: number) => new Date(ms).toISOString();

export interface MessageFacts {
  type: MessageEvent;
  at: number;
  incident: Incident;
  log: readonly IncidentLogEntry[];
  /** The one it is about, or all of the incident's, latest first. */
  actions: readonly Action[];
  publicUrl: string;
}

/** Pure. */
export function composeMessage(facts: MessageFacts): Message {
  const { incident, actions, log } = facts;
  const decided = log.findLast((entry) => entry.kind === "decided");
  const on = actions.filter((action) => action.status === "applied" || action.status === "planned");
  const expires = Math.max(0, ...on.map((action) => action.expires_at ?? 0));
  const data: Message["data"] = {
    gateway: incident.gateway,
    incident: headOf(incident),
    seen: seenOf(incident),
    decided: decided?.text ?? "nothing yet",
    why: whyOf(incident, decided),
    done: actions.slice(0, SHOWN_ACTIONS).map(doneOf),
    effect: actions.find((action) => action.effect?.summary)?.effect?.summary ?? null,
    expires: expires > 0 ? iso(expires) : null,
    undo: on.slice(0, SHOWN_ACTIONS).map((action) => undoLine(facts.publicUrl, action.id)),
  };
  if (actions.length > SHOWN_ACTIONS) data.done.push(`and ${actions.length - SHOWN_ACTIONS} more`);
  const proposal = facts.type === "action.recurring" ? log.findLast((entry) => entry.kind === "proposal") : undefined;
  if (proposal !== undefined) data.proposal = String(proposal.data?.fragment ?? "");
  const { undo, ...told } = data;
  return { type: facts.type, timestamp: iso(facts.at), data: { ...(redact(told) as typeof told), undo } };
}

function headOf(incident: Incident): Message["data"]["incident"] {
  const { id, category, severity, confidence, status, scope } = incident;
  return {
    id,
    category,
    class: incident.class,
    severity,
    confidence,
    status,
    subject: `${incident.subject_kind} ${incident.subject_value || "without a route"}`,
    route: scope.route_name ?? scope.route_id ?? null,
    first_seen: iso(incident.first_seen_at),
    last_seen: iso(incident.last_seen_at),
  };
}

function seenOf({ counts, category }: Incident): string {
  const { requests, passed, stopped, distinct_ips, distinct_users } = counts;
  const users = distinct_users > 0 ? `, ${counted(distinct_users, "user")}` : "";
  const how = `(${passed} passed, ${stopped} stopped)`;
  return `${category.replaceAll("_", " ")}: ${counted(requests, "request")} ${how} from ${counted(distinct_ips, "address")}${users}`;
}

function whyOf(incident: Incident, decided: IncidentLogEntry | undefined): string[] {
  const refusals = (decided?.data?.refusals ?? []) as { plan: string; target: string | null; reason: string }[];
  const refused = refusals.map(
    ({ plan, target, reason }) => `not ${plan}${target === null ? "" : ` on ${target}`}: ${reason}`,
  );
  const note = incident.classification?.model_note;
  return [
    ...(incident.classification?.reasons ?? incident.reasons),
    ...(note === undefined ? [] : [note]),
    ...refused,
  ].slice(0, 20);
}

function doneOf(action: Action): string {
  const what = `${action.type} ${Object.values(action.target).join(" ")} ${paramsOf(action)}`.trim();
  const until = action.expires_at === null ? "" : ` until ${iso(action.expires_at)}`;
  const status = action.status === "dry_run" ? "would be done (dry run)" : action.status;
  return `${what}: ${status}${action.status === "applied" ? until : ""}${action.error === null ? "" : `, ${action.error}`}`;
}

function paramsOf(action: Action): string {
  return Object.entries(action.params)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** The token stays in the operator's shell: no message carries one. */
function undoLine(publicUrl: string, actionId: string): string {
  return `curl -X POST --oauth2-bearer "$TR_TOKEN" ${publicUrl}/v1/actions/${actionId}/undo`;
}
