/** Turns what the agent's API shows into lines of the timeline. It prints what changed, nothing it expects. */
import { type ActionView, epochMs, type IncidentView } from "./stack/agent-client.ts";
import type { Timeline, Voice } from "./timeline.ts";

export interface Narrator {
  /** Looks at the present state and says what is new in it. */
  look(incidents: readonly IncidentView[], actions: readonly ActionView[]): void;
  /** Says how many more there were of what was not told one by one. */
  flush(): void;
  /** From here on the first few of each kind are told again. */
  turnPage(): void;
}

/** So many of each kind of event are told one by one; of the others only the number. */
const TOLD: Partial<Record<Voice, number>> = { seen: 3, decided: 2, done: 2, warning: 5 };

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

/** Names of routes by id, as incidents told them. */
export type RouteNames = ReadonlyMap<string, string>;

/** What it is, in plain words. */
function titleOf({ type, target, params }: ActionView, routes: RouteNames): string {
  const place = target.value ?? Object.values(target)[0] ?? "";
  const name = routes.get(place) ?? place;
  if (type === "throttle_route") return `limit route ${name}`;
  if (params.action === "throttle") return `slow down ${name}`;
  return params.scope === "login" ? `stop logins from ${name}` : `block ${name}`;
}

export function describeAction(action: ActionView, routes: RouteNames): string {
  const lasts = action.expires_at ? ` for ${Math.round(between(action.created_at, action.expires_at) / 1000)} s` : "";
  return `${titleOf(action, routes)}${lasts}: ${action.reason}`;
}

/** Kinds are told apart when the first few of each are told. */
function kindOf({ type, vehicle, params }: ActionView): string {
  const through = vehicle === "decision" ? "through the decision feed" : "through Kong's Admin API";
  if (type === "throttle_route") return `limits of routes, ${through}`;
  if (params.action === "throttle") return `slowed sources, ${through}`;
  return params.scope === "login" ? `sources whose logins stop, ${through}` : `blocked sources, ${through}`;
}

interface Event {
  voice: Voice;
  /** Events of one kind are told one by one only at first. */
  kind: string;
  text: string;
  at: number;
}

/** Tells the first few of a kind and counts the rest. */
function createCrowd(timeline: Timeline) {
  const told = new Map<string, number>();
  const more = new Map<string, { voice: Voice; count: number; kind: string }>();
  const tellOne = ({ voice, kind, text, at }: Event) => {
    const key = `${voice} ${kind}`;
    const before = told.get(key) ?? 0;
    told.set(key, before + 1);
    if (before < (TOLD[voice] ?? 1)) return timeline.say(voice, text, at);
    more.set(key, { voice, kind, count: (more.get(key)?.count ?? 0) + 1 });
  };
  return {
    tell: (events: Event[]) => events.sort((a, b) => a.at - b.at).forEach(tellOne),
    flush() {
      for (const { voice, count, kind } of more.values()) timeline.say(voice, `and ${count} more: ${kind}`);
      more.clear();
    },
    turnPage: () => told.clear(),
  };
}

/** What happened to an action since it was last looked at. */
function eventsOf(before: ActionView | undefined, action: ActionView, routes: RouteNames): Event[] {
  const kind = kindOf(action);
  const title = titleOf(action, routes);
  const events: Event[] = [];
  const add = (voice: Voice, text: string, at: string | null) =>
    events.push({ voice, kind, text, at: epochMs(at) ?? Date.now() });
  if (!before) add("decided", describeAction(action, routes), action.created_at);
  if (action.applied_at && !before?.applied_at) {
    add(
      "done",
      `${title} is on, ${between(action.created_at, action.applied_at)} ms after the decision`,
      action.applied_at,
    );
  }
  const summary = action.effect?.summary;
  if (summary && !before?.effect?.summary) add("effect", `${title}: ${summary}`, action.effect?.measured_at ?? null);
  if (before?.status === action.status) return events;
  if (action.status === "expired") add("expired", `${title}: ended by itself`, action.ended_at);
  if (action.status === "undone") add("expired", `${title}: taken back before its expiry`, action.ended_at);
  const refused = action.status === "failed" || action.status === "refused";
  if (refused) add("warning", `${title}: ${action.status}, ${action.error ?? action.reason}`, action.ended_at);
  return events;
}

export function createNarrator(timeline: Timeline): Narrator {
  const crowd = createCrowd(timeline);
  const incidentsSeen = new Set<string>();
  const actionsSeen = new Map<string, ActionView>();
  const routes = new Map<string, string>();
  return {
    look(incidents, actions) {
      const events: Event[] = [];
      for (const incident of incidents) {
        const { route_id: id, route_name: name } = incident.scope;
        if (id && name) routes.set(id, name);
        if (incidentsSeen.has(incident.id)) continue;
        incidentsSeen.add(incident.id);
        const at = epochMs(incident.opened_at);
        events.push({ voice: "seen", kind: incident.category, text: describeIncident(incident), at });
      }
      for (const action of actions) {
        events.push(...eventsOf(actionsSeen.get(action.id), action, routes));
        actionsSeen.set(action.id, action);
      }
      crowd.tell(events);
    },
    flush: () => crowd.flush(),
    turnPage: () => crowd.turnPage(),
  };
}
