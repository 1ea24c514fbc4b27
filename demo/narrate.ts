/** Turns what the agent's API shows into lines of the timeline. It prints what changed, nothing it expects. */
import { type ActionView, epochMs, type IncidentView } from "./stack/agent-client.ts";
import type { Timeline, Voice } from "./timeline.ts";

export interface Narrator {
  /** Looks at the present state and says what is new in it. */
  look(incidents: readonly IncidentView[], actions: readonly ActionView[]): void;
  /** Says how many more there were of what was not told one by one. */
  flush(): void;
}

/** Told one by one for each kind of event; of the others only the number. */
const TOLD = 3;

function subjectOf(incident: IncidentView): string {
  const route = incident.scope.route_name ?? incident.scope.route_id;
  if (incident.subject_kind === "route") return route ? `route ${route}` : "paths without a route";
  if (incident.subject_kind === "ip") return incident.subject_value;
  return `${incident.subject_kind} ${incident.subject_value.slice(0, 12)}`;
}

export function describeIncident(incident: IncidentView): string {
  const kind = incident.class ? `${incident.category} (${incident.class})` : incident.category;
  const { requests, distinct_users: users, distinct_ips: addresses } = incident.counts;
  const counts = [`${requests} requests`];
  if (users > 1) counts.push(`${users} users`);
  if (addresses > 1) counts.push(`${addresses} addresses`);
  const why = incident.reasons[0] ? `: ${incident.reasons[0]}` : "";
  return `${kind} from ${subjectOf(incident)}, ${incident.severity}, ${counts.join(", ")}${why}`;
}

/** Milliseconds. */
function between(from: string, to: string): number {
  return epochMs(to) - epochMs(from);
}

function targetOf(action: ActionView): string {
  return Object.values(action.target).join(" ");
}

export function describeAction(action: ActionView): string {
  const lasts = action.expires_at ? ` for ${Math.round(between(action.created_at, action.expires_at) / 1000)} s` : "";
  const params = Object.entries(action.params).map(([name, value]) => `${name} ${value}`);
  return `${action.type} ${targetOf(action)}${params.length > 0 ? ` (${params.join(", ")})` : ""}${lasts}: ${action.reason}`;
}

function describeEffect(action: ActionView): string | undefined {
  return action.effect?.summary ? `${action.type} ${targetOf(action)}: ${action.effect.summary}` : undefined;
}

/** Tells the first few of a kind and counts the rest. */
function createCrowd(timeline: Timeline) {
  const told = new Map<string, number>();
  const more = new Map<string, { voice: Voice; count: number; of: string }>();
  return {
    say(voice: Voice, kind: string, text: string, at: number) {
      const key = `${voice} ${kind}`;
      const before = told.get(key) ?? 0;
      told.set(key, before + 1);
      if (before < TOLD) return timeline.say(voice, text, at);
      const rest = more.get(key) ?? { voice, count: 0, of: kind };
      more.set(key, { ...rest, count: rest.count + 1 });
    },
    flush() {
      for (const { voice, count, of } of more.values()) timeline.say(voice, `and ${count} more: ${of}`);
      more.clear();
    },
  };
}

type Crowd = ReturnType<typeof createCrowd>;

function tellAction(crowd: Crowd, before: ActionView | undefined, action: ActionView): void {
  const what = `${action.type} by ${action.vehicle}`;
  if (!before) crowd.say("decided", what, describeAction(action), epochMs(action.created_at));
  if (action.applied_at && !before?.applied_at) {
    const ms = between(action.created_at, action.applied_at);
    crowd.say(
      "done",
      what,
      `${action.type} ${targetOf(action)} is on, ${ms} ms after the decision`,
      epochMs(action.applied_at),
    );
  }
  const effect = describeEffect(action);
  if (effect && !(before && describeEffect(before)))
    crowd.say("effect", what, effect, epochMs(action.effect?.measured_at ?? null) ?? Date.now());
  if (before?.status === action.status) return;
  if (action.status === "expired")
    crowd.say("expired", what, `${action.type} ${targetOf(action)} has ended`, epochMs(action.ended_at) ?? Date.now());
  if (action.status === "undone")
    crowd.say("expired", what, `${action.type} ${targetOf(action)} was undone`, epochMs(action.ended_at) ?? Date.now());
  if (action.status === "failed" || action.status === "refused") {
    crowd.say(
      "warning",
      what,
      `${action.type} ${targetOf(action)} ${action.status}: ${action.error ?? action.reason}`,
      Date.now(),
    );
  }
}

export function createNarrator(timeline: Timeline): Narrator {
  const crowd = createCrowd(timeline);
  const incidentsSeen = new Set<string>();
  const actionsSeen = new Map<string, ActionView>();
  return {
    look(incidents, actions) {
      for (const incident of incidents) {
        if (incidentsSeen.has(incident.id)) continue;
        incidentsSeen.add(incident.id);
        crowd.say("seen", incident.category, describeIncident(incident), epochMs(incident.opened_at));
      }
      for (const action of actions) {
        tellAction(crowd, actionsSeen.get(action.id), action);
        actionsSeen.set(action.id, action);
      }
    },
    flush: () => crowd.flush(),
  };
}
